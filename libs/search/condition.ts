import type { Pattern } from '@tocsin/query/query.ts';
import type { Field } from './fields.ts';

/**
 * A query whose names and types are checked: what each engine compiles. Two-valued: a term about an absent value is
 * false, never unknown, so `not` of it is true in every engine.
 */
export type Condition =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Condition[] }
  | { readonly kind: 'not'; readonly operand: Condition }
  /** Has a value: not absent, null, an empty text or an empty list. Numbers and truth values are always there. */
  | { readonly kind: 'present'; readonly field: Field }
  /** On a `keyword`, `ip`, `text`, `attribute` field, or a `uuid` as text. */
  | { readonly kind: 'text'; readonly field: Field; readonly test: TextTest }
  | { readonly kind: 'uuid'; readonly field: Field; readonly value: string }
  /** From `min` to `max`, both included; safe integers or infinite. */
  | {
      readonly kind: 'range';
      readonly field: Field;
      readonly min: number;
      readonly max: number;
    }
  | { readonly kind: 'truth'; readonly field: Field; readonly value: boolean };

/** A test of text, case folded on both sides. Never true of the empty text. */
export type TextTest =
  | { readonly op: 'in'; readonly values: readonly string[] }
  | { readonly op: 'prefix' | 'suffix' | 'contains'; readonly text: string }
  | { readonly op: 'like'; readonly pattern: Pattern };
