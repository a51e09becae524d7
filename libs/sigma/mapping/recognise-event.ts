import {
  type EventRecord,
  fieldExists,
  fieldValues,
  scalarText,
} from '../evaluate/event-record.ts';
import type { Logsource } from '../evaluate/logsource.ts';
import { EVENT_TABLES, type EventTable, type TableCondition } from './event-tables.ts';

/** An event with what the tables know of it. */
export interface RecognisedEvent {
  readonly fields: EventRecord;
  readonly logsources: readonly Logsource[];
}

/** Tables by the first part of the field that each asks first: most events are in none, and cost a few look-ups. */
const BY_FIRST = Map.groupBy(EVENT_TABLES, ({ when }) => when[0]?.field.split('.')[0] ?? '');

/**
 * Gives an event Sigma's field names and, when it has none, logsources, by the tables of `event-tables.ts`. What the
 * event says itself stays. UNTRUSTED event; a new object where something is added, else the same.
 */
export function recogniseEvent(
  fields: EventRecord,
  logsources: readonly Logsource[],
): RecognisedEvent {
  const table = tableOf(fields);
  if (table === undefined) return { fields, logsources };
  return {
    fields: withAliases(fields, table),
    logsources: logsources.length === 0 ? table.logsources : logsources,
  };
}

function tableOf(fields: EventRecord): EventTable | undefined {
  for (const [first, tables] of BY_FIRST) {
    if (!Object.hasOwn(fields, first) && !hasDotted(fields, tables)) continue;
    const table = tables.find(({ when }) => when.every((condition) => meets(fields, condition)));
    if (table !== undefined) return table;
  }
  return undefined;
}

/** Flat exports write paths as names. */
function hasDotted(fields: EventRecord, tables: readonly EventTable[]): boolean {
  return tables.some(({ when }) => Object.hasOwn(fields, when[0]?.field ?? ''));
}

function meets(fields: EventRecord, { field, equals, contains }: TableCondition): boolean {
  if (equals === undefined && contains === undefined) return fieldExists(fields, field);
  return fieldValues(fields, field).some((value) => {
    const text = scalarText(value)?.toLowerCase();
    if (text === undefined) return false;
    return (
      equals?.some((wanted) => wanted.toLowerCase() === text) === true ||
      contains?.some((wanted) => text.includes(wanted.toLowerCase())) === true
    );
  });
}

function withAliases(fields: EventRecord, { fields: aliases }: EventTable): EventRecord {
  const added: [string, unknown][] = [];
  for (const [name, place] of Object.entries(aliases)) {
    if (Object.hasOwn(fields, name)) continue;
    const [value, ...more] = fieldValues(fields, place);
    if (value !== undefined) added.push([name, more.length === 0 ? value : [value, ...more]]);
  }
  return added.length === 0 ? fields : { ...fields, ...Object.fromEntries(added) };
}
