import type { JsonRecord } from '../source.ts';
import { timeOf } from '../timestamp.ts';

/** Names of the member that says when, most telling first. */
const NAMES = [
  ...['@timestamp', 'timestamp', 'time', 'ts', 'eventTime', 'event_time', 'datetime', 'date'],
  ...['created_at', 'published', 'stageTimestamp', 'requestReceivedTimestamp', 'eventTimestamp'],
  ...[
    'CreationTime',
    'createdDateTime',
    'activityDateTime',
    'TimeGenerated',
    'EventTime',
    'Received',
  ],
  ...['__REALTIME_TIMESTAMP', 'TimeCreated'],
] as const;

/**
 * The time a record states under a usual name.
 *
 * @returns `undefined` when it states none, NaN when what it states cannot be read
 */
export function commonTime(record: JsonRecord): number | undefined {
  let stated = false;
  for (const name of NAMES) {
    const value = record[name];
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    const time = timeOf(value);
    if (!Number.isNaN(time)) return time;
    stated = true;
  }
  return stated ? Number.NaN : undefined;
}
