import { isAscii } from 'node:buffer';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const QUOTES = 0x22222222;
const ONES = 0x01010101;
const HIGH = 0x80808080 | 0;
const BLANKS = 0x20202020;
/** Bytes that the runtime looks at at once. */
const ASCII_BLOCK = 4096;

/** Looks through bytes four at a time. */
export class WordReader {
  readonly view: DataView;
  readonly #bytes: Uint8Array;
  readonly #limit: number;
  #beyondFrom = 0;
  #beyondNext = -1;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#limit = bytes.byteLength - 4;
  }

  /**
   * The place of the quote that closes the JSON string whose content starts at `from`.
   *
   * @returns -1 when it does not end before `end`, or holds a control character
   */
  stringEnd(from: number, end: number): number {
    const { view } = this;
    const bytes = this.#bytes;
    const limit = Math.min(this.#limit, end - 4);
    let at = from;
    for (;;) {
      while (at <= limit) {
        const word = view.getInt32(at, true);
        const quotes = word ^ QUOTES;
        if (((((quotes - ONES) & ~quotes) | ((word - BLANKS) & ~word)) & HIGH) !== 0) break;
        at += 4;
      }
      const last = Math.min(end, at + 4);
      for (; at < last; at += 1) {
        const byte = bytes[at] as number;
        if (byte < 0x20) return -1;
        if (byte === QUOTE && !isEscaped(bytes, from, at)) return at;
      }
      if (at >= end) return -1;
    }
  }

  /** Whether a range is ASCII. The next other byte is looked up once for all the ranges before it. */
  isAscii(start: number, end: number): boolean {
    if (start > this.#beyondNext) {
      this.#beyondNext = this.#nextBeyond(start, this.#bytes.length);
      this.#beyondFrom = start;
    } else if (start < this.#beyondFrom) {
      this.#beyondNext = Math.min(this.#beyondNext, this.#nextBeyond(start, this.#beyondFrom));
      this.#beyondFrom = start;
    }
    return this.#beyondNext >= end;
  }

  #nextBeyond(from: number, end: number): number {
    const limit = Math.min(this.#limit, end - 4);
    let at = from;
    while (at + ASCII_BLOCK <= end && isAscii(this.#bytes.subarray(at, at + ASCII_BLOCK))) {
      at += ASCII_BLOCK;
    }
    const { view } = this;
    const bytes = this.#bytes;
    for (; at <= limit - 4; at += 8) {
      if (((view.getInt32(at, true) | view.getInt32(at + 4, true)) & HIGH) !== 0) break;
    }
    while (at < end && (bytes[at] as number) < 0x80) at += 1;
    return at < end ? at : Number.MAX_SAFE_INTEGER;
  }
}

function isEscaped(bytes: Uint8Array, from: number, at: number): boolean {
  if (bytes[at - 1] !== BACKSLASH) return false;
  let before = at;
  while (before > from && bytes[before - 1] === BACKSLASH) before -= 1;
  return (at - before) % 2 === 1;
}
