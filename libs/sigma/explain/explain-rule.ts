import { evaluatePlainly, itemHolds, testHolds } from '../evaluate/evaluate-plainly.ts';
import {
  allTexts,
  type EventRecord,
  fieldExists,
  fieldValues,
  scalarText,
} from '../evaluate/event-record.ts';
import type { Place } from '../fault.ts';
import type { Expression, Item, Test } from '../rule/rule.ts';
import { describeTest } from './describe-test.ts';
import { literalPlace } from './literal-place.ts';

/** Longest value that is quoted, in UTF-16 units. */
export const QUOTED_UNITS_MAX = 200;
/** How much of a long value is quoted before what was found in it. */
const QUOTED_BEFORE = 50;
/** Most values of the event, and of the rule, that are quoted for one item. */
export const QUOTED_MAX = 5;

/** The truth of a part of a rule for one event. */
export type Explanation =
  | {
      readonly kind: 'and' | 'or' | 'not' | 'named';
      readonly holds: boolean;
      /** The search identifier, of `named`. */
      readonly name?: string;
      readonly parts: readonly Explanation[];
    }
  | ({ readonly kind: 'item'; readonly holds: boolean } & ItemExplanation);

/** What decided an item. */
export interface ItemExplanation {
  /** Null: a keyword. */
  readonly field: string | null;
  /** True: the event has no such field. */
  readonly missing: boolean;
  /** Of an item that holds, the value that decided; of one that does not, what the field has. */
  readonly values: readonly string[];
  /** Where in that value the literal stands that was found, in UTF-16 units from 0; null when it is not by a literal. */
  readonly at: number | null;
  /** Of an item that holds, the one asked for that was found; else those that were not, at most {@link QUOTED_MAX}. */
  readonly wanted: readonly string[];
  /** How many were asked for. */
  readonly wantedCount: number;
  /** Where it stands in the rule's file. */
  readonly line: number;
  readonly column: number;
}

/** Says of each part of a rule whether an event meets it, and what decided: for a rule that fired and one that did not. */
export function explainRule(expression: Expression, event: EventRecord): Explanation {
  switch (expression.kind) {
    case 'item':
      return {
        kind: 'item',
        holds: itemHolds(expression.item, event),
        ...explainItem(expression.item, event),
      };
    case 'named':
      return {
        kind: 'named',
        name: expression.name,
        holds: evaluatePlainly(expression, event),
        parts: [explainRule(expression.part, event)],
      };
    case 'not':
      return {
        kind: 'not',
        holds: evaluatePlainly(expression, event),
        parts: [explainRule(expression.part, event)],
      };
    default: {
      const parts = expression.parts.map((part) => explainRule(part, event));
      return { kind: expression.kind, holds: evaluatePlainly(expression, event), parts };
    }
  }
}

function explainItem({ field, tests, place }: Item, event: EventRecord): ItemExplanation {
  const found = tests.find((test) => testHolds(test, field, event));
  const shown = found === undefined ? tests.slice(0, QUOTED_MAX) : [found];
  const values = valuesOf(field, found, event);
  const at = found === undefined ? undefined : literalPlace(found, values[0] ?? '');
  return {
    field: field ?? null,
    missing: field !== undefined && !fieldExists(event, field),
    values: values.map((value) => quoted(value, at)),
    at: at ?? null,
    wanted: shown.map((test) => quoted(describeTest(test))),
    wantedCount: tests.length,
    ...placeOf(place),
  };
}

function valuesOf(
  field: string | undefined,
  found: Test | undefined,
  event: EventRecord,
): readonly string[] {
  const own = (value: string, test: Test): boolean =>
    test.kind !== 'field' &&
    testHolds(test, field, field === undefined ? { value } : { [field]: value });
  if (field === undefined) {
    const text =
      found === undefined ? undefined : allTexts(event).find((value) => own(value, found));
    return text === undefined ? [] : [text];
  }
  const texts = fieldValues(event, field).map(
    (value) => scalarText(value) ?? JSON.stringify(value) ?? 'null',
  );
  const decisive = found === undefined ? undefined : texts.find((text) => own(text, found));
  return decisive === undefined ? texts.slice(0, QUOTED_MAX) : [decisive];
}

function placeOf({ line, column }: Place): Place {
  return { line, column };
}

/** A text, or of a long one the part around the place that decided. */
function quoted(text: string, at = 0): string {
  if (text.length <= QUOTED_UNITS_MAX) return text;
  const start = Math.max(0, Math.min(at - QUOTED_BEFORE, text.length - QUOTED_UNITS_MAX));
  const part = text.slice(start, start + QUOTED_UNITS_MAX - 1).toWellFormed();
  const isEnd = start + part.length >= text.length;
  return `${start === 0 ? '' : '…'}${part}${isEnd ? '' : '…'}`;
}
