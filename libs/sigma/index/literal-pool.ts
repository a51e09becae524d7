import { foldCase } from '../text/fold-case.ts';
import { canonicalBytes } from './canonical-bytes.ts';
import type { SymbolTable } from './symbol-table.ts';

/** Bytes of a gram: what searching looks at, at each place of a value. */
export const GRAM_BYTES = 4;
const COUNTS = 1 << 16;
/** What stands most often in logs, from most to less: a gram of rare bytes is met less. */
const COMMON = ' etaoinsrlc\\.d-mpu/hg0123456789"=xwfbvky:;,()_%';

/** A folded text of a rule as automata find it. */
export interface PooledLiteral {
  readonly bytes: Uint8Array;
  /** Where the gram that it is searched by starts in it; shorter literals are searched whole. */
  readonly gram: number;
}

/**
 * The texts of a rule set as bytes, each once, and the gram of each that the fewest others have: indexes of one set
 * share them.
 */
export class LiteralPool {
  readonly #symbols: SymbolTable;
  readonly #literals = new Map<string, PooledLiteral>();
  readonly #counts = new Uint16Array(COUNTS);

  constructor(symbols: SymbolTable) {
    this.#symbols = symbols;
  }

  /** Counts the grams of a rule's text. Call for all rules before the first {@link LiteralPool.literal}. */
  addText(text: string): void {
    const bytes = canonicalBytes(this.#symbols.symbolsOf(text));
    for (let at = 0; at + GRAM_BYTES <= bytes.length; at += 1) {
      const place = countPlace(gramAt(bytes, at));
      this.#counts[place] = Math.min(0xffff, (this.#counts[place] as number) + 1);
    }
  }

  literal(text: string): PooledLiteral {
    const folded = foldCase(text);
    let literal = this.#literals.get(folded);
    if (literal === undefined) {
      const bytes = canonicalBytes(this.#symbols.symbolsOf(folded));
      literal = { bytes, gram: this.#rarest(bytes) };
      this.#literals.set(folded, literal);
    }
    return literal;
  }

  #rarest(bytes: Uint8Array): number {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at + GRAM_BYTES <= bytes.length; at += 1) {
      let score = (this.#counts[countPlace(gramAt(bytes, at))] as number) * 2;
      for (let byte = at; byte < at + GRAM_BYTES; byte += 1) {
        score += COMMONNESS[bytes[byte] as number] as number;
      }
      if (score < least) {
        least = score;
        best = at;
      }
    }
    return best;
  }
}

/** Four bytes as one number, the first highest. */
export function gramAt(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}

function countPlace(gram: number): number {
  return Math.imul(gram, 0x9e3779b1) >>> 16;
}

const COMMONNESS: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const place = COMMON.indexOf(String.fromCharCode(byte));
  return place < 0 ? 0 : COMMON.length - place;
});
