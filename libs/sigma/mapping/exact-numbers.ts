import type { EventRecord } from '../evaluate/event-record.ts';
import { parseEvent } from '../evaluate/parse-event.ts';

/** A number of sixteen digits and more: what stands before it keeps most texts with as many digits out. */
const LONG_NUMBER = /[:,[\s]-?\d{16}/;

/**
 * The fields of an event that `JSON.parse` read, with whole numbers beyond 2^53 as they were written. Only texts that
 * may hold one are read again, the slow way.
 *
 * @param json UNTRUSTED: the text that the fields were read from
 */
export function withExactNumbers(fields: EventRecord, json: string): EventRecord {
  return LONG_NUMBER.test(json) ? (parseEvent(json) ?? fields) : fields;
}
