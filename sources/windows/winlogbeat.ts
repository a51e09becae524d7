import { findObjectMember } from '../json-slice.ts';
import type { JsonRecord } from '../source.ts';

/** A record with the members that matter at the top level, and the same as JSON. */
export interface FlatRecord {
  readonly fields: JsonRecord;
  readonly json: string;
}

/**
 * Lays a winlogbeat record flat: `event_data` and `user_data` to the top level under their own names, where Sigma
 * looks for them, and channel, provider, id and host under the names of flat exports. Version 7 has them below
 * `winlog`, version 6 at the top. Members of the data win over others of the same name.
 */
export function flattenWinlogbeat(record: JsonRecord, line: string): FlatRecord {
  const nested = objectOf(record.winlog);
  const winlog = nested ?? record;
  const system = systemMembers(record, winlog);
  const fields: Record<string, unknown> = { ...system };
  const data = objectOf(winlog.event_data);
  const userData = objectOf(winlog.user_data);
  let clean = data !== undefined && userData === undefined;
  if (data !== undefined) clean = copyMembers(data, fields, false) && clean;
  if (userData !== undefined) copyMembers(userData, fields, false);
  clean = copyMembers(record, fields, nested === undefined) && clean;
  if (nested !== undefined) {
    const rest: Record<string, unknown> = {};
    clean = copyMembers(nested, rest, true) && clean;
    fields.winlog = rest;
  }
  const spliced = clean ? spliceData(system, line) : undefined;
  return { fields, json: spliced ?? JSON.stringify(fields) };
}

/** What flat exports call these members; only those that are there. */
function systemMembers(record: JsonRecord, winlog: JsonRecord): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  const id = winlog.event_id ?? objectOf(record.event)?.code;
  const channel = winlog.channel ?? winlog.log_name;
  const provider = winlog.provider_name ?? winlog.source_name;
  const level = objectOf(record.log)?.level ?? record.level;
  if (id !== undefined) members.EventID = id;
  if (channel !== undefined) members.Channel = channel;
  if (provider !== undefined) members.SourceName = provider;
  if (winlog.computer_name !== undefined) members.Computer = winlog.computer_name;
  if (winlog.keywords !== undefined) members.Keywords = winlog.keywords;
  if (level !== undefined) members.Level = level;
  return members;
}

/**
 * Copies members that are not there yet, on demand without the data that was laid flat. `__proto__` is left out:
 * assigning it would change the object's kind.
 *
 * @returns false when something was left out, so that the text cannot be had by splicing
 */
function copyMembers(from: JsonRecord, to: Record<string, unknown>, withoutData: boolean): boolean {
  let whole = true;
  for (const key of Object.keys(from)) {
    if (withoutData && (key === 'event_data' || key === 'user_data')) continue;
    if (key === '__proto__' || Object.hasOwn(to, key)) whole = false;
    else to[key] = from[key];
  }
  return whole;
}

/** The flat record as text, cut together from the line: exact for numbers beyond 2^53, and cheaper than printing. */
function spliceData(system: JsonRecord, line: string): string | undefined {
  const data = findObjectMember(line, '"event_data"');
  if (data === undefined) return undefined;
  const added = JSON.stringify(system).slice(1, -1);
  const inner = line.slice(data.from + 1, data.end - 1).trim();
  const before = line.slice(1, data.nameAt).trimEnd();
  const behind = line.slice(data.end).trimStart();
  // One comma of the two around the data goes with it.
  const rest = before.endsWith(',')
    ? before.slice(0, -1) + behind
    : before + (behind.startsWith(',') ? behind.slice(1) : behind);
  const head = [added, inner].filter((part) => part !== '').join(',');
  if (head === '') return `{${rest}`;
  return rest.trimStart().startsWith('}') ? `{${head}${rest}` : `{${head},${rest}`;
}

function objectOf(value: unknown): JsonRecord | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonRecord)
    : undefined;
}
