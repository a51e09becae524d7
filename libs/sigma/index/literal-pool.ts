import { canonicalBytes } from './canonical-bytes.ts';
import type { SymbolTable } from './symbol-table.ts';

/** Bytes of a gram, by which texts are compared for what is rare. */
const GRAM_BYTES = 4;
/** Counts of grams, hashed: few rules have few, and a tenant's own rules must not cost it memory. */
const COUNTS = 1 << 16;
const COUNTS_OF_FEW = 1 << 11;
const FEW_RULES = 64;
const ASCII_END = 0x80;
/** What stands most often in logs, from most to less. */
const COMMON = ' etaoinsrlc\\.d-mpu/hg0123456789"=xwfbvky:;,()_%';

/** A folded text of a rule as bytes, see `writeCanonical`. */
export interface PooledLiteral {
  readonly bytes: Uint8Array;
  readonly isAscii: boolean;
  /** Where the first of `count` blocks of `block` bytes ends in it, one after the other by a byte, that are rarest. */
  rarestRun(block: number, count: number): number;
}

/** The texts of a rule set as bytes, each once: indexes of one set share them. */
export class LiteralPool {
  readonly #symbols: SymbolTable;
  readonly #literals = new Map<string, PooledLiteral>();
  /** How often each gram stands in the rules. */
  readonly grams: Uint16Array;

  /** @param grams of a pool of the same rules, which are then not added again; else see {@link LiteralPool.of} */
  constructor(symbols: SymbolTable, grams: Uint16Array) {
    this.#symbols = symbols;
    this.grams = grams;
  }

  /** An empty pool for so many rules. */
  static of(symbols: SymbolTable, rules: number): LiteralPool {
    return new LiteralPool(symbols, new Uint16Array(rules > FEW_RULES ? COUNTS : COUNTS_OF_FEW));
  }

  /** Counts the grams of a rule's text. Call for all rules before the first {@link LiteralPool.literal}. */
  addText(text: string): void {
    const bytes = canonicalBytes(this.#symbols.symbolsOf(text));
    for (let at = 0; at + GRAM_BYTES <= bytes.length; at += 1) {
      const place = this.#placeOf(bytes, at);
      this.grams[place] = Math.min(0xffff, (this.grams[place] as number) + 1);
    }
  }

  /** @param folded a text of a rule, folded */
  literal(folded: string): PooledLiteral {
    let literal = this.#literals.get(folded);
    if (literal === undefined) {
      const bytes = canonicalBytes(this.#symbols.symbolsOf(folded));
      let scores: Float64Array | undefined;
      literal = {
        bytes,
        isAscii: bytes.every((byte) => byte < ASCII_END),
        rarestRun: (block, count) => {
          scores ??= this.#scores(bytes);
          return rarestRun(scores, block, count);
        },
      };
      this.#literals.set(folded, literal);
    }
    return literal;
  }

  #placeOf(bytes: Uint8Array, at: number): number {
    let gram = 0;
    for (let byte = at; byte < at + GRAM_BYTES; byte += 1) {
      gram = (gram << 8) | (bytes[byte] as number);
    }
    return Math.imul(gram, 0x9e3779b1) >>> (Math.clz32(this.grams.length) + 1);
  }

  /** By the place after the last byte of each gram: how common it is. */
  #scores(bytes: Uint8Array): Float64Array {
    const scores = new Float64Array(bytes.length + 1);
    for (let end = 1; end <= bytes.length; end += 1) {
      const at = end - GRAM_BYTES;
      let score = at < 0 ? 0 : (this.grams[this.#placeOf(bytes, at)] as number) * 2;
      for (let byte = Math.max(0, at); byte < end; byte += 1) {
        score += COMMONNESS[bytes[byte] as number] as number;
      }
      scores[end] = score;
    }
    return scores;
  }
}

function rarestRun(scores: Float64Array, block: number, count: number): number {
  let best = block;
  let least = Number.POSITIVE_INFINITY;
  for (let first = block; first + count <= scores.length; first += 1) {
    let sum = 0;
    for (let end = first; end < first + count; end += 1) sum += scores[end] as number;
    if (sum >= least) continue;
    least = sum;
    best = first;
  }
  return best;
}

const COMMONNESS: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const place = COMMON.indexOf(String.fromCharCode(byte));
  return place < 0 ? 0 : COMMON.length - place;
});
