const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** What one byte did: began an object at the top, ended it, or neither. */
export type BracketStep = 'opened' | 'closed' | 'none';

/** Follows the brackets and strings of JSON (RFC 8259 sections 2 and 7), byte by byte. */
export class BracketCounter {
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** True between the first and the last byte of an object at the top. */
  get isInside(): boolean {
    return this.#depth > 0;
  }

  step(byte: number): BracketStep {
    if (this.#inString) {
      this.#stepInString(byte);
      return 'none';
    }
    if (byte === OPEN_OBJECT) return this.#open();
    if (this.#depth === 0) return 'none';
    if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN_ARRAY) this.#depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) return this.#close();
    return 'none';
  }

  #stepInString(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#inString = false;
  }

  #open(): BracketStep {
    this.#depth += 1;
    return this.#depth === 1 ? 'opened' : 'none';
  }

  #close(): BracketStep {
    this.#depth -= 1;
    return this.#depth === 0 ? 'closed' : 'none';
  }
}
