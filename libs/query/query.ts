/**
 * A parsed search: a tree, never text. Made by {@link parseQuery}, compiled by each engine's adapter.
 * Values are UNTRUSTED user text: compilers bind them as parameters.
 */
export type Query =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Query[] }
  | { readonly kind: 'not'; readonly operand: Query }
  /** A bare word or quoted phrase: contained in any of the collection's text fields. */
  | { readonly kind: 'text'; readonly text: string }
  /** `field:value`: equal (ignoring case for text), or a pattern of literals and wildcards. */
  | {
      readonly kind: 'match';
      readonly field: FieldName;
      readonly pattern: Pattern;
      readonly at: number;
    }
  | {
      readonly kind: 'compare';
      readonly field: FieldName;
      readonly op: '<' | '<=' | '>' | '>=';
      readonly value: string;
      readonly at: number;
    }
  | {
      readonly kind: 'in';
      readonly field: FieldName;
      readonly values: readonly string[];
      readonly at: number;
    }
  | { readonly kind: 'exists'; readonly field: FieldName; readonly at: number };

/** A field path as typed, for example `actor.name`, `attributes.CommandLine`. */
export type FieldName = string;

/** Parts of a value: literal text, `*` (any run) or `?` (one character). One literal part alone means equality. */
export type Pattern = readonly (string | { readonly wildcard: '*' | '?' })[];
