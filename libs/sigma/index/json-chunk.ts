import { MarkedCells } from './marked-cells.ts';
import { WordReader } from './word-reader.ts';

const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const SLASH = 0x2f;

/** Bytes of JSON lines, and what was found out of them. They must not change while it is used. */
export class JsonChunk {
  readonly bytes: Buffer;
  readonly words: WordReader;
  readonly #escapes: MarkedCells;
  readonly #signs: readonly NextMark[];

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.words = new WordReader(bytes);
    this.#escapes = new MarkedCells(bytes, ESCAPES);
    this.#signs = SIGNS.map((mark) => new NextMark(bytes, mark));
  }

  /** Whether ASCII letters may be spelled otherwise in a range: by an escape, or by one of the two signs that fold to them. */
  hasOtherSpellings(start: number, end: number): boolean {
    return this.hasFreeEscapes(start, end) || this.#hasSign(start, end);
  }

  /** Whether a range of JSON holds an escape of what has another spelling: `\u` and `\/`. */
  hasFreeEscapes(start: number, end: number): boolean {
    return this.#escapes.touches(start, end) && hasFreeEscape(this.bytes, start, end);
  }

  #hasSign(start: number, end: number): boolean {
    for (let at = 0; at < this.#signs.length; at += 1) {
      if ((this.#signs[at] as NextMark).isWithin(start, end)) return true;
    }
    return false;
  }
}

const ESCAPES: readonly Buffer[] = [Buffer.from('\\u'), Buffer.from('\\/')];
/** The Kelvin sign and the long s. */
const SIGNS: readonly Buffer[] = [Buffer.from('\u212a'), Buffer.from('\u017f')];

/** A mark may be of a backslash that was escaped itself: `C:\\users`. */
function hasFreeEscape(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (bytes[at] !== BACKSLASH) continue;
    at += 1;
    if (bytes[at] === LETTER_U || bytes[at] === SLASH) return true;
  }
  return false;
}

/** Where a text comes next: looked up once for all the ranges before it. */
class NextMark {
  readonly #bytes: Buffer;
  readonly #mark: Buffer;
  /** None starts between the two. */
  #from = 0;
  #next = -1;

  constructor(bytes: Buffer, mark: Buffer) {
    this.#bytes = bytes;
    this.#mark = mark;
  }

  isWithin(start: number, end: number): boolean {
    if (start > this.#next) {
      this.#next = this.#find(start, this.#bytes.length);
      this.#from = start;
    } else if (start < this.#from) {
      // A line is looked at once more: only what is before is not known.
      this.#next = Math.min(this.#next, this.#find(start, this.#from + this.#mark.length - 1));
      this.#from = start;
    }
    return this.#next < end;
  }

  #find(start: number, end: number): number {
    const isRest = end === this.#bytes.length;
    const from = isRest ? 0 : start;
    const found = isRest
      ? this.#bytes.indexOf(this.#mark, start)
      : this.#bytes.subarray(start, end).indexOf(this.#mark);
    return found < 0 ? Number.MAX_SAFE_INTEGER : from + found;
  }
}
