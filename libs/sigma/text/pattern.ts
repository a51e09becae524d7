import { foldCase } from './fold-case.ts';

/** `*`: any number of characters, line breaks too. */
export const ANY = 0;
/** `?`: exactly one character, that is one code point. */
export const ONE = 1;

/** A piece of a Sigma string: literal text, or a wildcard. */
export type PatternPart = string | typeof ANY | typeof ONE;

/** A Sigma string with its wildcards told apart from its text. Normal form: see {@link normalPattern}. */
export type Pattern = readonly PatternPart[];

/**
 * Reads a Sigma string (specification, *Escaping*): `*` and `?` are wildcards, `\*`, `\?` and `\\` the characters
 * themselves; a backslash before anything else stands for itself.
 */
export function parsePattern(text: string): Pattern {
  const parts: PatternPart[] = [];
  let literal = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\') {
      const next = text[index + 1];
      if (next === '*' || next === '?' || next === '\\') index += 1;
      literal += next === '*' || next === '?' ? next : '\\';
    } else if (character === '*' || character === '?') {
      parts.push(literal, character === '*' ? ANY : ONE);
      literal = '';
    } else literal += character;
  }
  parts.push(literal);
  return normalPattern(parts);
}

/** One form for patterns that mean the same: no empty text, texts joined, in a run of wildcards `?` first, one `*`. */
export function normalPattern(parts: readonly PatternPart[]): Pattern {
  const out: PatternPart[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (part === '') continue;
    if (typeof part === 'string' && typeof last === 'string') out[out.length - 1] = last + part;
    else if (part === ANY && last === ANY) continue;
    else if (part === ONE && last === ANY) out.splice(out.length - 1, 0, ONE);
    else out.push(part);
  }
  return out;
}

/** The pattern with its literal text folded. */
export function foldPattern(pattern: Pattern): Pattern {
  return pattern.map((part) => (typeof part === 'string' ? foldCase(part) : part));
}

/** Puts `*` before or after, unless it is there already: `startswith`, `endswith`, `contains`. */
export function withStars(pattern: Pattern, before: boolean, after: boolean): Pattern {
  return normalPattern([
    ...(before ? [ANY] : []),
    ...pattern,
    ...(after ? [ANY] : []),
  ] as PatternPart[]);
}

export function hasWildcard(pattern: Pattern): boolean {
  return pattern.some((part) => typeof part !== 'string');
}

/** The literal text of a pattern without wildcards; undefined when it has any. */
export function literalOf(pattern: Pattern): string | undefined {
  if (pattern.length === 0) return '';
  const [only] = pattern;
  return pattern.length === 1 && typeof only === 'string' ? only : undefined;
}

/** The pattern as Sigma writes it, escapes and all. */
export function printPattern(pattern: Pattern): string {
  return pattern
    .map((part) => {
      if (part === ANY) return '*';
      return part === ONE ? '?' : part.replace(/[*?]|\\(?=[\\*?]|$)/g, '\\$&');
    })
    .join('');
}
