import { evaluatePlainly, testHolds } from '@tocsin/sigma/evaluate/evaluate-plainly.ts';
import {
  allTexts,
  type EventRecord,
  fieldValues,
  scalarText,
} from '@tocsin/sigma/evaluate/event-record.ts';
import { literalPlace } from '@tocsin/sigma/explain/literal-place.ts';
import type { Expression, Item } from '@tocsin/sigma/rule/rule.ts';

/** Longest value that is reported, in UTF-16 units; matching looks at the whole. */
export const VALUE_UNITS_MAX = 4096;
/** What keywords matched in; no field has this name. */
const KEYWORD = '(keyword)';

/** What a rule matched by. */
export interface Deciding {
  /** Fields with their values. */
  readonly fields: Readonly<Record<string, string>>;
  /** Where in a value the text stands that was asked for: of fields where it is not at the start. */
  readonly places: ReadonlyMap<string, number>;
}

/** The fields by which a rule matched an event, with their values: every condition that holds and is not negated. */
export function decidingFields(expression: Expression, event: EventRecord): Deciding {
  const found = new Map<string, Decided>();
  collect(expression, event, found);
  const fields = Object.fromEntries([...found].map(([field, { text }]) => [field, text]));
  const places = new Map([...found].flatMap(([field, { at }]) => (at > 0 ? [[field, at]] : [])));
  return { fields, places };
}

interface Decided {
  readonly text: string;
  readonly at: number;
}

function collect(expression: Expression, event: EventRecord, found: Map<string, Decided>): void {
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

function addItem({ field, tests }: Item, event: EventRecord, found: Map<string, Decided>): void {
  const name = field ?? KEYWORD;
  if (found.has(name)) return;
  const texts =
    field === undefined
      ? allTexts(event)
      : fieldValues(event, field).flatMap((value) => scalarText(value) ?? []);
  for (const text of texts) {
    const test = tests.find(
      (one) => one.kind !== 'field' && testHolds(one, field, { [field ?? 'value']: text }),
    );
    if (test === undefined) continue;
    found.set(name, shortened(text, literalPlace(test, text) ?? 0));
    return;
  }
  const [first] = texts;
  if (field !== undefined && first !== undefined) found.set(name, shortened(first, 0));
}

/** A part of a long value: its beginning, or what is around the place. */
function shortened(text: string, at: number): Decided {
  if (text.length <= VALUE_UNITS_MAX) return { text, at };
  const start = at < VALUE_UNITS_MAX / 2 ? 0 : at - VALUE_UNITS_MAX / 2;
  return { text: excerpt(text, start, VALUE_UNITS_MAX), at: at - start };
}

/** At most so many characters of a text from a place on; what is left out is an ellipsis. */
export function excerpt(text: string, start: number, unitsMax: number): string {
  const end = start + unitsMax;
  const part = text.slice(start === 0 ? 0 : start + 1, end < text.length ? end - 1 : end);
  return `${start === 0 ? '' : '…'}${part.toWellFormed()}${end < text.length ? '…' : ''}`;
}
