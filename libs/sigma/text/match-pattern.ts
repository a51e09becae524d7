import { ANY, literalOf, ONE, type Pattern } from './pattern.ts';

/** How texts are compared with a pattern: a text alone is what strings do by themselves, the rest by characters. */
export type PreparedPattern =
  | {
      readonly kind: 'equals' | 'startsWith' | 'endsWith' | 'includes';
      readonly literal: string;
    }
  | { readonly kind: 'characters'; readonly units: readonly Unit[] };

type Unit = string | typeof ANY | typeof ONE;

/** Prepares a pattern once for many texts. It must be folded by the caller when case does not count. */
export function preparePattern(pattern: Pattern): PreparedPattern {
  const before = pattern[0] === ANY;
  const after = pattern.length > 1 && pattern.at(-1) === ANY;
  const literal = literalOf(pattern.slice(before ? 1 : 0, after ? -1 : undefined));
  // A lone surrogate is a character, which no half of a pair is.
  if (literal === undefined || !literal.isWellFormed()) {
    return {
      kind: 'characters',
      units: pattern.flatMap((part): Unit[] => (typeof part === 'string' ? [...part] : [part])),
    };
  }
  if (before) return { kind: after ? 'includes' : 'endsWith', literal };
  return { kind: after ? 'startsWith' : 'equals', literal };
}

/** Whether a whole text fits a pattern. It must be folded by the caller when case does not count. */
export function matchPattern(pattern: PreparedPattern, text: string): boolean {
  switch (pattern.kind) {
    case 'equals':
      return text === pattern.literal;
    case 'startsWith':
      return text.startsWith(pattern.literal);
    case 'endsWith':
      return text.endsWith(pattern.literal);
    case 'includes':
      return text.includes(pattern.literal);
    case 'characters':
      return matchCharacters(pattern.units, [...text]);
  }
}

/** Linear in text times pattern: at each `*` only the latest is tried again, which is enough for wildcards. */
function matchCharacters(units: readonly Unit[], characters: readonly string[]): boolean {
  let at = 0;
  let unit = 0;
  let retryUnit = -1;
  let retryAt = 0;
  while (at < characters.length) {
    const wanted = units[unit];
    if (wanted === ANY) {
      unit += 1;
      retryUnit = unit;
      retryAt = at;
    } else if (wanted === ONE || (wanted !== undefined && wanted === characters[at])) {
      unit += 1;
      at += 1;
    } else if (retryUnit >= 0) {
      unit = retryUnit;
      retryAt += 1;
      at = retryAt;
    } else return false;
  }
  while (units[unit] === ANY) unit += 1;
  return unit === units.length;
}
