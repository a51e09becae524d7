import type { Logsource, NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { flattenEvent } from '@tocsin/evtx/flatten-event.ts';
import type { EventRecord } from '@tocsin/sigma/evaluate/event-record.ts';
import { withExactNumbers } from '@tocsin/sigma/mapping/exact-numbers.ts';
import { recogniseEvent } from '@tocsin/sigma/mapping/recognise-event.ts';
import { normalizeLine } from '@tocsin/sources/normalize-line.ts';
import { windows } from '@tocsin/sources/windows/windows.ts';

/** A record as rules see it. */
export interface ScanEvent {
  /** Under Sigma's field names. UNTRUSTED. */
  readonly fields: EventRecord;
  readonly logsources: readonly Logsource[];
  /** Milliseconds since 1970; undefined when the record states none. */
  readonly time: number | undefined;
  /** It claimed a format and broke it. */
  readonly failed: boolean;
}

/**
 * Makes the event of a nested Windows record; undefined when it is none.
 *
 * @param exact the same with whole numbers beyond 2^53 as they were written
 */
export function windowsEvent(
  record: EventRecord,
  writtenAt: number,
  exact: EventRecord = record,
): ScanEvent | undefined {
  const flat = flattenEvent(record);
  if (flat === undefined) return undefined;
  const arrival = { receivedAt: writtenAt, host: '', header: undefined };
  const event = windows.reads === 'json' ? windows.map(flat.routing, '', arrival) : undefined;
  return event === undefined
    ? undefined
    : scanEvent(event, (flattenEvent(exact) ?? flat).fields, writtenAt);
}

/** A record of an event log without a System part: still a record, so that those behind it keep their ordinals. */
export function strayEvent(fields: EventRecord): ScanEvent {
  return { fields, logsources: [], time: undefined, failed: true };
}

/** Makes the events of one line or JSON value: usually one; a file that CloudTrail delivers is one value with many. */
export function textEvents(text: string, writtenAt: number): readonly ScanEvent[] {
  const isJson = text.trimStart().startsWith('{');
  if (isJson && (text.includes('"System"') || text.includes('"Records"'))) {
    const found = wrappedEvents(text, writtenAt);
    if (found !== undefined) return found;
  }
  const event = normalizeLine(text, '', '', writtenAt);
  if (isJson && event.parseStatus !== 'failed') return [jsonEvent(event, writtenAt)];
  return [scanEvent(event, withText(event.attributes, text), writtenAt)];
}

function jsonEvent(event: NormalizedEvent, writtenAt: number): ScanEvent {
  return scanEvent(event, withExactNumbers(event.attributes, event.attributesJson), writtenAt);
}

function wrappedEvents(text: string, writtenAt: number): readonly ScanEvent[] | undefined {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof record !== 'object' || record === null) return undefined;
  const members = record as EventRecord;
  const exact = withExactNumbers(members, text);
  const records = members['Records'];
  if (Array.isArray(records) && Object.keys(members).length === 1) {
    return records.map((item, index) => {
      const event = normalizeLine(JSON.stringify(item), '', '', writtenAt);
      const written = recordAt(exact, index);
      return scanEvent(event, written ?? event.attributes, writtenAt);
    });
  }
  const event = windowsEvent(members, writtenAt, exact);
  return event === undefined ? undefined : [event];
}

function recordAt({ Records }: EventRecord, index: number): EventRecord | undefined {
  const record: unknown = Array.isArray(Records) ? Records[index] : undefined;
  const isRecord = typeof record === 'object' && record !== null && !Array.isArray(record);
  return isRecord ? (record as EventRecord) : undefined;
}

/** Keywords are looked for in the whole line, so it is a value of the event too. */
function withText(attributes: EventRecord, text: string): EventRecord {
  const name = Object.hasOwn(attributes, 'message') ? 'raw' : 'message';
  return { ...attributes, [name]: text };
}

/** @param writtenAt the time that a record has which states none of its own */
function scanEvent(event: NormalizedEvent, fields: EventRecord, writtenAt: number): ScanEvent {
  const { parseError, parseStatus, timestamp } = event;
  const known = recogniseEvent(fields, event.logsources);
  const hasTime =
    timestamp !== writtenAt && parseError !== 'no_timestamp' && parseError !== 'bad_timestamp';
  const failed = parseStatus === 'failed';
  return { ...known, failed, time: hasTime && !failed ? timestamp : undefined };
}
