import { ANY, ONE, type Pattern } from './pattern.ts';

/**
 * Whether a whole text fits a pattern. Plain and linear in text times pattern: at each `*` only the latest is tried
 * again, which is enough for wildcards. Both must be folded by the caller when case does not count.
 */
export function matchPattern(pattern: Pattern, text: string): boolean {
  const units = unitsOf(pattern);
  const characters = [...text];
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

type Unit = string | typeof ANY | typeof ONE;

function unitsOf(pattern: Pattern): Unit[] {
  return pattern.flatMap((part): Unit[] => (typeof part === 'string' ? [...part] : [part]));
}
