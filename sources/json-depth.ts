import { JSON_DEPTH_MAX } from '@tocsin/kernel/json.ts';

/** Says whether parsed JSON nests deeper than {@link JSON_DEPTH_MAX}. The text only saves the walk for most lines. */
export function nestsTooDeep(text: string, value: unknown): boolean {
  return hasManyBrackets(text) && deeperThan(value, JSON_DEPTH_MAX);
}

/** Fewer opening brackets than levels allowed: it cannot be too deep. Two native scans, no walk. */
function hasManyBrackets(text: string): boolean {
  let count = 0;
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) {
    count += 1;
    if (count > JSON_DEPTH_MAX) return true;
  }
  for (let at = text.indexOf('['); at >= 0; at = text.indexOf('[', at + 1)) {
    count += 1;
    if (count > JSON_DEPTH_MAX) return true;
  }
  return false;
}

function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && deeperThan(member, levels - 1)) return true;
  }
  return false;
}
