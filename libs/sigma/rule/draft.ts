import { FaultSignal, type Place } from '../fault.ts';
import type { Pattern } from '../text/pattern.ts';
import type { FieldOperator, Test } from './rule.ts';

/** A value of an item while its modifiers are applied, left to right. */
export type Draft =
  | {
      readonly kind: 'text';
      readonly pattern: Pattern;
      /** As written, for modifiers that take the value raw: `re`, `cidr`, `fieldref`. */
      readonly raw: string;
      /** True after `wide` and the like: each character is one byte. */
      readonly bytes: boolean;
      readonly affix: FieldOperator;
      /** Set by `base64offset`, which can only be found within a value. */
      readonly offset: boolean;
    }
  | { readonly kind: 'number'; readonly value: number | bigint }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'test'; readonly test: Test };

/** What modifiers say of the whole item. */
export interface ItemFlags {
  all: boolean;
  negated: boolean;
  cased: boolean;
  /** Names of placeholders for which no list is known. */
  readonly missing: Set<string>;
}

/** What applying a modifier needs to know. */
export interface ModifierContext {
  readonly name: string;
  readonly place: Place;
  readonly flags: ItemFlags;
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly keyword: boolean;
}

/** Most values an item becomes: lists, `windash` and placeholders multiplied out. */
export const ITEM_VALUES_MAX = 100_000;

export function invalidValue(context: ModifierContext, message: string): FaultSignal {
  return new FaultSignal('invalid_value', context.place, `${context.name}: ${message}`);
}

/** The decimal text of a number: how it stands in an event. */
export function numberText(value: number | bigint): string {
  return String(Object.is(value, -0) ? 0 : value);
}
