import { foldCodePoint } from '../text/fold-case.ts';

/** Shorter pieces say too little: then each value is looked at. */
const PIECE_MIN = 2;
const BLOCK_BITS = 12;
const BLOCK_MASK = (1 << BLOCK_BITS) - 1;

/**
 * Says fast that a line of JSON holds none of the keywords, by skipping through its bytes (Wu and Manber): each look
 * at two bytes tells how far the next keyword's end is at least. It may say "perhaps" wrongly, never "none".
 */
export class KeywordFilter {
  readonly #shift = new Uint8Array(BLOCK_MASK + 1);
  readonly #fold = new Uint8Array(256);
  readonly #length: number;
  /** Pieces by their last block. */
  readonly #byBlock = new Map<number, Uint8Array[]>();

  private constructor(pieces: readonly Uint8Array[], length: number) {
    this.#length = length;
    this.#shift.fill(length - 1);
    for (let byte = 0; byte < 256; byte += 1) {
      this.#fold[byte] = byte < 128 ? foldCodePoint(byte) : byte;
    }
    for (const piece of pieces) {
      for (let at = 1; at < length; at += 1) {
        const block = this.#block(piece, at);
        this.#shift[block] = Math.min(this.#shift[block] as number, length - 1 - at);
      }
      const last = this.#block(piece, length - 1);
      this.#byBlock.set(last, [...(this.#byBlock.get(last) ?? []), piece]);
    }
  }

  /** A filter for these folded literals; undefined when one of them has no piece that JSON always writes alike. */
  static of(literals: readonly string[]): KeywordFilter | undefined {
    const pieces = literals.map(safePiece);
    const length = Math.min(...pieces.map((piece) => piece.length));
    if (literals.length === 0) return new KeywordFilter([], PIECE_MIN);
    if (length < PIECE_MIN) return undefined;
    const cut = pieces.map((piece) => Buffer.from(piece.slice(-length), 'latin1'));
    return new KeywordFilter(cut, length);
  }

  #block(bytes: Uint8Array, at: number): number {
    const last = this.#fold[bytes[at] as number] as number;
    return (((this.#fold[bytes[at - 1] as number] as number) << 5) ^ last) & BLOCK_MASK;
  }

  /** Whether `bytes[start, end)` may hold a keyword. */
  mayHold(bytes: Buffer, start: number, end: number): boolean {
    if (this.#byBlock.size === 0) return false;
    const shift = this.#shift;
    const fold = this.#fold;
    let at = start + this.#length - 1;
    while (at < end) {
      const last = fold[bytes[at] as number] as number;
      const block = (((fold[bytes[at - 1] as number] as number) << 5) ^ last) & BLOCK_MASK;
      const step = shift[block] as number;
      if (step === 0 && this.#isPiece(block, bytes, at + 1)) return true;
      at += step === 0 ? 1 : step;
    }
    return false;
  }

  #isPiece(block: number, bytes: Buffer, end: number): boolean {
    const pieces = this.#byBlock.get(block) ?? [];
    return pieces.some((piece) => {
      for (let at = 0; at < piece.length; at += 1) {
        if (this.#fold[bytes[end - piece.length + at] as number] !== piece[at]) return false;
      }
      return true;
    });
  }
}

/** The longest piece without characters that JSON may escape, or that other characters fold to. */
function safePiece(literal: string): string {
  const pieces = literal.split(/[^\x20\x21\x23-\x5b\x5d-\x7e]/);
  return pieces
    .filter((piece) => !NUMBER_LIKE.test(piece))
    .reduce((best, piece) => (piece.length > best.length ? piece : best), '');
}

/** What a number may be printed as although its JSON is spelled otherwise. */
const NUMBER_LIKE = /^[-+.e\d]*$|^-?[infty]*$/;
