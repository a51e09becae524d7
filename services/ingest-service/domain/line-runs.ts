/** Lines that stand one after the other, each on one line, separated by single newlines. */
export interface LineRun {
  readonly bytes: Buffer;
  /** Lines in it. */
  readonly count: number;
}

/** Longest run: short against a frame, so that frames fill up well, long against a line. */
export const RUN_BYTES_MAX = 64 * 1024;

/**
 * Gathers lines of one body into runs: neighbours are kept as one slice of the body, so that a request of a hundred
 * good lines costs one slice and not a hundred.
 */
export class LineRuns {
  readonly #body: Buffer;
  readonly #runs: LineRun[] = [];
  #start = 0;
  #end = -1;
  #count = 0;
  #total = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  /** Lines taken so far. */
  get count(): number {
    return this.#total;
  }

  /** Takes the line at these offsets of the body, end excluded. Lines come in order. */
  add(start: number, end: number): void {
    this.#total += 1;
    if (this.#count > 0 && start === this.#end + 1 && end - this.#start <= RUN_BYTES_MAX) {
      this.#end = end;
      this.#count += 1;
      return;
    }
    this.#close();
    this.#start = start;
    this.#end = end;
    this.#count = 1;
  }

  /** The runs of all lines taken. */
  finish(): readonly LineRun[] {
    this.#close();
    return this.#runs;
  }

  #close(): void {
    if (this.#count > 0) {
      this.#runs.push({ bytes: this.#body.subarray(this.#start, this.#end), count: this.#count });
    }
    this.#count = 0;
  }
}
