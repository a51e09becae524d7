/** Symbols grouped to classes: those that no literal of an automaton has are class 0. */
export interface ClassTable {
  readonly ofSymbol: Uint16Array;
  readonly count: number;
}

/** The classes of an automaton over these literals. */
export function classTable(literals: Iterable<Uint16Array>, symbols: number): ClassTable {
  const ofSymbol = new Uint16Array(symbols);
  let count = 1;
  for (const literal of literals) {
    for (const symbol of literal) {
      if (ofSymbol[symbol] !== 0) continue;
      ofSymbol[symbol] = count;
      count += 1;
    }
  }
  return { ofSymbol, count };
}
