/** Bytes of JSON lines, and what was found out of them. They must not change while it is used. */
export class JsonChunk {
  readonly bytes: Buffer;
  readonly #marks: readonly NextMark[];

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.#marks = MARKS.map((mark) => new NextMark(bytes, mark));
  }

  /** Whether ASCII letters may be spelled otherwise in a range: by an escape, or by one of the two signs that fold to them. */
  hasOtherSpellings(start: number, end: number): boolean {
    return this.#marks.some((mark) => mark.isWithin(start, end));
  }
}

/** `\u` and `\/`, the Kelvin sign and the long s. */
const MARKS: readonly Buffer[] = [Buffer.from('\\u'), Buffer.from('\u212a'), Buffer.from('\u017f')];

/** Where a text comes next: looked up once for all the ranges before it. */
class NextMark {
  readonly #bytes: Buffer;
  readonly #mark: Buffer;
  #from = 0;
  #next = -1;

  constructor(bytes: Buffer, mark: Buffer) {
    this.#bytes = bytes;
    this.#mark = mark;
  }

  isWithin(start: number, end: number): boolean {
    if (start < this.#from || start > this.#next) {
      const found = this.#bytes.indexOf(this.#mark, start);
      this.#from = start;
      this.#next = found < 0 ? Number.POSITIVE_INFINITY : found;
    }
    return this.#next < end;
  }
}
