import type { JsonRecord } from '../source.ts';

/** A record with the members that matter at the top level, and the same as JSON. */
export interface FlatRecord {
  readonly fields: JsonRecord;
  readonly json: string;
}

const NOTHING: JsonRecord = {};

/**
 * Lays a winlogbeat record flat: `event_data` and `user_data` to the top level under their own names, where Sigma
 * looks for them, and channel, provider, id and host under the names of flat exports. Version 7 has them below
 * `winlog`, version 6 at the top.
 */
export function flattenWinlogbeat(record: JsonRecord, line: string): FlatRecord {
  const winlog = objectOf(record.winlog) ?? record;
  const fields: Record<string, unknown> = {
    EventID: winlog.event_id ?? objectOf(record.event)?.code,
    Channel: winlog.channel ?? winlog.log_name,
    SourceName: winlog.provider_name ?? winlog.source_name,
    Computer: winlog.computer_name,
    Keywords: winlog.keywords,
    Level: objectOf(record.log)?.level ?? record.level,
  };
  copyMembers(objectOf(winlog.user_data) ?? NOTHING, fields);
  copyMembers(objectOf(winlog.event_data) ?? NOTHING, fields);
  copyMembers(record, fields);
  if (line.length === 0) return { fields, json: '' };
  return { fields, json: JSON.stringify(fields) };
}

/** Copies members that are not there yet. `__proto__` stays where it is: assigning it would change the object's kind. */
function copyMembers(from: JsonRecord, to: Record<string, unknown>): void {
  for (const key of Object.keys(from)) {
    if (key === '__proto__' || key === 'event_data' || key === 'user_data') continue;
    if (to[key] === undefined) to[key] = from[key];
  }
}

function objectOf(value: unknown): JsonRecord | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonRecord)
    : undefined;
}
