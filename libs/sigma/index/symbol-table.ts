import { foldCase, foldCodePoint } from '../text/fold-case.ts';

/** The symbol of every character that no rule writes. */
export const OTHER_SYMBOL = 128;
const ASCII_END = 128;
const UNITS = 65_536;

/** A table of symbols as plain data. */
export interface PlainSymbols {
  readonly ofUnit: Uint16Array;
  readonly count: number;
}

/**
 * Folded UTF-16 units as small numbers: ASCII as itself, each other unit that some rule writes its own, all others
 * one. So that automata have few classes and no text is folded twice. Units of surrogate pairs fold by
 * {@link SymbolTable.ofUnit} after their code point is folded.
 */
export class SymbolTable {
  /** By UTF-16 unit. Reads as its folding: `A` gives `a`. Another object once a text beyond ASCII was added. */
  ofUnit: Uint16Array = ASCII_ONLY;
  #count = OTHER_SYMBOL + 1;

  /** The table as plain data, for {@link SymbolTable.of}. */
  get plain(): PlainSymbols {
    return { ofUnit: this.ofUnit, count: this.#count };
  }

  /** A table again from its plain data. */
  static of({ ofUnit, count }: PlainSymbols): SymbolTable {
    const table = new SymbolTable();
    table.ofUnit = ofUnit;
    table.#count = count;
    return table;
  }

  /** Number of symbols: all are below. */
  get size(): number {
    return this.#count;
  }

  /** Gives each character of a rule's text a symbol. Call for all rules before the first automaton is built. */
  addText(text: string): void {
    const folded = foldCase(text);
    for (let at = 0; at < folded.length; at += 1) {
      const unit = folded.charCodeAt(at);
      if (unit >= ASCII_END && this.ofUnit[unit] === OTHER_SYMBOL) this.#add(unit);
    }
  }

  #add(folded: number): void {
    if (this.ofUnit === ASCII_ONLY) this.ofUnit = ASCII_ONLY.slice();
    this.ofUnit[folded] = this.#count;
    this.#count += 1;
    VARIANT_UNITS.get(folded)?.forEach((unit) => {
      this.ofUnit[unit] = this.ofUnit[folded] as number;
    });
  }

  /** The symbols of a rule's text, folded. */
  symbolsOf(text: string): Uint16Array {
    const folded = foldCase(text);
    const symbols = new Uint16Array(folded.length);
    for (let at = 0; at < folded.length; at += 1) {
      symbols[at] = this.ofUnit[folded.charCodeAt(at)] as number;
    }
    return symbols;
  }
}

/** Units of the basic plane that fold to a unit, by that unit. ASCII is known from the start. */
const VARIANT_UNITS = variantUnits();

function variantUnits(): ReadonlyMap<number, readonly number[]> {
  const table = new Map<number, number[]>();
  for (let unit = ASCII_END; unit < UNITS; unit += 1) {
    const folded = foldCodePoint(unit);
    if (folded === unit) continue;
    const units = table.get(folded);
    if (units === undefined) table.set(folded, [unit]);
    else units.push(unit);
  }
  return table;
}

/** The table of rules that are all ASCII, which most small sets are: they share it. */
const ASCII_ONLY: Uint16Array = asciiOnly();

function asciiOnly(): Uint16Array {
  const table = new Uint16Array(UNITS).fill(OTHER_SYMBOL);
  for (let unit = 0; unit < ASCII_END; unit += 1) table[unit] = foldCodePoint(unit);
  for (const [folded, units] of VARIANT_UNITS) {
    if (folded < ASCII_END) for (const unit of units) table[unit] = folded;
  }
  return table;
}
