const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const QUOTES = 0x22222222;
const ONES = 0x01010101;
const HIGH = 0x80808080 | 0;
const BLANKS = 0x20202020;


/** Finds the ends of JSON strings, four bytes at a time. */
export class StringEnds {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #limit: number;
  /** Whether the string that was found last has ASCII only. */
  ascii = true;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#limit = bytes.byteLength - 4;
  }

  /**
   * The place of the quote that closes the string whose content starts at `from`.
   *
   * @returns -1 when it does not end before `end`, or holds a control character
   */
  find(from: number, end: number): number {
    const view = this.#view;
    const bytes = this.#bytes;
    const limit = Math.min(this.#limit, end - 4);
    let beyond = 0;
    let at = from;
    for (;;) {
      while (at <= limit) {
        const word = view.getInt32(at, true);
        const quotes = word ^ QUOTES;
        beyond |= word;
        const special = (((quotes - ONES) & ~quotes) | ((word - BLANKS) & ~word)) & HIGH;
        if (special !== 0) break;
        at += 4;
      }
      const last = Math.min(end, at + 4);
      for (; at < last; at += 1) {
        const byte = bytes[at] as number;
        if (byte < 0x20) return -1;
        if (byte === QUOTE && !isEscaped(bytes, from, at)) {
          this.ascii = (beyond & HIGH) === 0 || isAscii(bytes, from, at);
          return at;
        }
        beyond |= byte;
      }
      if (at >= end) return -1;
    }
  }
}

function isEscaped(bytes: Uint8Array, from: number, at: number): boolean {
  if (bytes[at - 1] !== BACKSLASH) return false;
  let before = at;
  while (before > from && bytes[before - 1] === BACKSLASH) before -= 1;
  return (at - before) % 2 === 1;
}

/** The last word looked at may reach past the string. */
function isAscii(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) if ((bytes[at] as number) >= 0x80) return false;
  return true;
}
