import type { EventRecord } from '../evaluate/event-record.ts';

/**
 * A Windows event as evtx_dump prints it (`{Event: {System, EventData | UserData}}`) under Sigma's field names:
 * members of System and of the data on top, attributes joined with `_`, no blanks in names. Others stay as they are.
 */
export function flattenWindows(record: EventRecord): EventRecord {
  const event = child(record, 'Event');
  if (event === undefined) return record;
  const out = new Map<string, unknown>();
  for (const [name, value] of Object.entries(child(event, 'System') ?? {})) {
    addMember(out, name, value);
  }
  const userData = Object.values(child(event, 'UserData') ?? {});
  for (const section of [child(event, 'EventData'), ...userData]) {
    if (!isRecord(section)) continue;
    for (const [name, value] of Object.entries(section)) {
      if (name !== ATTRIBUTES) out.set(name.replaceAll(' ', ''), value);
    }
  }
  return Object.fromEntries(out);
}

const ATTRIBUTES = '#attributes';

function addMember(out: Map<string, unknown>, name: string, value: unknown): void {
  if (!isRecord(value)) {
    out.set(name, value);
    return;
  }
  for (const [attribute, inner] of Object.entries(child(value, ATTRIBUTES) ?? {})) {
    out.set(`${name}_${attribute}`, inner);
  }
  if (Object.hasOwn(value, '#text')) out.set(name, value['#text']);
}

function child(record: EventRecord, name: string): EventRecord | undefined {
  const value = Object.hasOwn(record, name) ? record[name] : undefined;
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is EventRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
