/**
 * A parsed search: a tree, never text. Made by `parseQuery`, compiled by each engine's adapter.
 * Values are UNTRUSTED user text: compilers bind them as parameters.
 * `at` and `valueAt` are where field and value stand in the text (UTF-16 units from 0), for errors of type found later.
 */
export type Query =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Query[] }
  | { readonly kind: 'not'; readonly operand: Query }
  /** A bare word or quoted phrase: contained in any of the fields that the collection lists for it. */
  | { readonly kind: 'text'; readonly pattern: Pattern }
  /** `field:value`: equal (ignoring case for text), or a pattern of literals and wildcards. */
  | {
      readonly kind: 'match';
      readonly field: FieldName;
      readonly pattern: Pattern;
      readonly at: number;
      readonly valueAt: number;
    }
  | {
      readonly kind: 'compare';
      readonly field: FieldName;
      readonly op: '<' | '<=' | '>' | '>=';
      readonly value: string;
      readonly at: number;
      readonly valueAt: number;
    }
  /** `field:(a or b)`: equal to one of at least two values, which hold no wildcards. */
  | {
      readonly kind: 'in';
      readonly field: FieldName;
      readonly values: readonly string[];
      readonly at: number;
    }
  | { readonly kind: 'exists'; readonly field: FieldName; readonly at: number };

/** A field path as typed, for example `actor.name`, `attributes.CommandLine`. */
export type FieldName = string;

/**
 * Parts of a value: literal text, `*` (any run) or `?` (one character). One literal part alone means equality.
 * Never empty; no two literals and no two `*` stand side by side; only a lone literal may be the empty text.
 */
export type Pattern = readonly PatternPart[];

export type PatternPart = string | Wildcard;

export interface Wildcard {
  readonly wildcard: '*' | '?';
}

/** The text of a pattern without wildcards; `undefined` when it has one. */
export function literalOf(pattern: Pattern): string | undefined {
  const [part] = pattern;
  return pattern.length === 1 && typeof part === 'string' ? part : undefined;
}
