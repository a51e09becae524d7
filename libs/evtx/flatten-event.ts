import type { Json, JsonObject } from './binxml/record-renderer.ts';

/** An event under Sigma's field names. */
export interface FlatEvent {
  /** Members of System and of the data on one level. Where both have a name the data's wins, as Sigma's rules expect. */
  readonly fields: JsonObject;
  /** The same where System's wins: what says of which log the event is. The same object when nothing differs. */
  readonly routing: JsonObject;
}

const ATTRIBUTES = '#attributes';
const TEXT = '#text';

/**
 * Lays the nested JSON of an event flat, as Sigma's taxonomy names fields: attributes of System joined by `_`
 * (`Provider_Name`, `Security_UserID`), `TimeCreated` as text too, EventData and what stands inside UserData by their
 * own names without blanks (`Threat Name` is `ThreatName`).
 *
 * @returns undefined when it is no event (`{Event: {System}}`)
 */
export function flattenEvent(record: Readonly<Record<string, unknown>>): FlatEvent | undefined {
  const event = objectOf(record['Event']);
  const system = objectOf(event?.['System']);
  if (event === undefined || system === undefined) return undefined;
  const head = systemMembers(system);
  const data = dataMembers(event);
  const fields = new Map(head);
  let differs = false;
  for (const [name, value] of data) {
    differs ||= head.has(name);
    fields.set(name, value);
  }
  const flat = Object.fromEntries(fields);
  return {
    fields: flat,
    routing: differs ? { ...flat, ...Object.fromEntries(head) } : flat,
  };
}

function systemMembers(system: JsonObject): Map<string, Json> {
  const out = new Map<string, Json>();
  for (const [name, value] of Object.entries(system)) {
    const inner = objectOf(value);
    if (inner === undefined) {
      if (value !== null) out.set(name, value);
      continue;
    }
    for (const [attribute, text] of Object.entries(objectOf(inner[ATTRIBUTES]) ?? {})) {
      out.set(`${name}_${attribute}`, text);
    }
    const text = inner[TEXT];
    if (text !== undefined) out.set(name, text);
  }
  const time = out.get('TimeCreated_SystemTime');
  if (time !== undefined) out.set('TimeCreated', time);
  return out;
}

function dataMembers(event: JsonObject): Map<string, Json> {
  const out = new Map<string, Json>();
  for (const [section, value] of Object.entries(event)) {
    const inner = objectOf(value);
    if (section === 'System' || section === ATTRIBUTES || inner === undefined) continue;
    if (section === 'EventData') addData(inner, out);
    else {
      for (const [name, member] of Object.entries(inner)) {
        const nested = objectOf(member);
        if (nested !== undefined && name !== ATTRIBUTES) addData(nested, out);
        else if (name !== ATTRIBUTES) out.set(name.replaceAll(' ', ''), member);
      }
    }
  }
  return out;
}

/** A member with attributes is given by its text: `#text` is of no taxonomy. */
function addData(data: JsonObject, out: Map<string, Json>): void {
  for (const [name, value] of Object.entries(data)) {
    if (name === ATTRIBUTES) continue;
    out.set(name.replaceAll(' ', ''), objectOf(value)?.[TEXT] ?? value);
  }
}

function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}
