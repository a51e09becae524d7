import { type Json, type JsonObject, setMember } from './binxml/record-renderer.ts';

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
  const fields: Members = {};
  addSystem(system, fields);
  const head = Object.keys(fields);
  const data: Members = {};
  addSections(event, data);
  const differs = head.some((name) => Object.hasOwn(data, name));
  const routing: Members = differs ? { ...data, ...fields } : fields;
  for (const name of Object.keys(data)) setMember(fields, name, data[name] ?? null);
  return { fields, routing };
}

type Members = Record<string, Json>;

function addSystem(system: JsonObject, out: Members): void {
  for (const name of Object.keys(system)) {
    const value = system[name] ?? null;
    const inner = objectOf(value);
    if (inner === undefined) {
      if (value !== null) setMember(out, name, value);
      continue;
    }
    const attributes = objectOf(inner[ATTRIBUTES]) ?? {};
    for (const attribute of Object.keys(attributes)) {
      out[`${name}_${attribute}`] = attributes[attribute] ?? null;
    }
    const text = inner[TEXT];
    if (text !== undefined) setMember(out, name, text);
  }
  const time = out['TimeCreated_SystemTime'];
  if (time !== undefined) out['TimeCreated'] = time;
}

function addSections(event: JsonObject, out: Members): void {
  for (const section of Object.keys(event)) {
    const inner = objectOf(event[section]);
    if (section === 'System' || section === ATTRIBUTES || inner === undefined) continue;
    if (section === 'EventData') addData(inner, out);
    else {
      for (const name of Object.keys(inner)) {
        if (name === ATTRIBUTES) continue;
        const member = inner[name] ?? null;
        const nested = objectOf(member);
        if (nested !== undefined) addData(nested, out);
        else setMember(out, withoutBlanks(name), member);
      }
    }
  }
}

/** A member with attributes is given by its text: `#text` is of no taxonomy. */
function addData(data: JsonObject, out: Members): void {
  for (const name of Object.keys(data)) {
    if (name === ATTRIBUTES) continue;
    const value = data[name] ?? null;
    setMember(out, withoutBlanks(name), objectOf(value)?.[TEXT] ?? value);
  }
}

function withoutBlanks(name: string): string {
  return name.includes(' ') ? name.replaceAll(' ', '') : name;
}

function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}
