import { evaluatePlainly, testHolds } from '@tocsin/sigma/evaluate/evaluate-plainly.ts';
import {
  allTexts,
  type EventRecord,
  fieldValues,
  scalarText,
} from '@tocsin/sigma/evaluate/event-record.ts';
import type { Expression, Item } from '@tocsin/sigma/rule/rule.ts';

/** Longest value that is reported, in UTF-16 units; matching looks at the whole. */
export const VALUE_UNITS_MAX = 4096;
/** What keywords matched in; no field has this name. */
const KEYWORD = '(keyword)';

/** The fields by which a rule matched an event, with their values: every condition that holds and is not negated. */
export function decidingFields(
  expression: Expression,
  event: EventRecord,
): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  collect(expression, event, found);
  return Object.fromEntries(found);
}

function collect(expression: Expression, event: EventRecord, found: Map<string, string>): void {
  if (expression.kind === 'not') return;
  if (expression.kind === 'named') collect(expression.part, event, found);
  else if (expression.kind === 'item') addItem(expression.item, event, found);
  else {
    const isAnd = expression.kind === 'and';
    for (const part of expression.parts) {
      if (isAnd || evaluatePlainly(part, event)) collect(part, event, found);
    }
  }
}

function addItem({ field, tests }: Item, event: EventRecord, found: Map<string, string>): void {
  if (found.has(field ?? KEYWORD)) return;
  if (field === undefined) {
    const text = allTexts(event).find((value) =>
      tests.some((test) => testHolds(test, undefined, { value })),
    );
    if (text !== undefined) found.set(KEYWORD, shortened(text));
    return;
  }
  const texts = fieldValues(event, field).map(scalarText);
  const decisive = texts.find(
    (text) =>
      text !== undefined &&
      tests.some((test) => test.kind !== 'field' && testHolds(test, field, { [field]: text })),
  );
  const text = decisive ?? texts.find((value) => value !== undefined);
  if (text !== undefined) found.set(field, shortened(text));
}

function shortened(text: string): string {
  return text.length <= VALUE_UNITS_MAX
    ? text
    : `${text.slice(0, VALUE_UNITS_MAX - 1).toWellFormed()}…`;
}
