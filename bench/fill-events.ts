import { setImmediate } from 'node:timers/promises';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { normalizeFrame } from '@tocsin/normalize-service/domain/normalize-frame.ts';
import type { DuckDbEventStore } from '@tocsin/search/duckdb/duckdb-event-store.ts';
import { ROLL_ROWS } from '@tocsin/search/duckdb/event-writer.ts';
import { mixedBodies } from './inputs.ts';

/** The tenant that has the events. */
export const FILLED_TENANT = systemContext(parseTenantId('bench-tenant'), 'test');

const SOURCE = 'raw.events/0/bench-tenant';
const FRAME_ID = '018f3c1e-0000-7000-8000-000000000001';
const START = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
const FRAME_EVENTS = 512;
const LINES = 374_380;
const BODY_BYTES = 200_000;
const USERS = 5_000;
const HOSTS = 2_000;

/** Every so many events a command line is an attack's, and an address is one of {@link INDICATORS}: both are rare. */
const ATTACK_EVERY = 50_021;
const INDICATOR_EVERY = 20_011;
const INDICATORS_SEEN = 40;

/** Addresses to look for; of the first 40 there are events. */
export const INDICATORS: readonly string[] = Array.from(
  { length: 1_000 },
  (_, index) => `203.0.${index >> 8}.${index & 255}`,
);

/** What in the text of an event changes from one use of its template to the next, longest first. */
const CHANGES =
  /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d|\b(?:10|172|192)\.\d{1,3}\.\d{1,3}\.\d{1,3}\b|\b\d{4,10}\b/gi;
const CHANGES_MAX = 12;

/** An event whose attributes are cut where they change: `texts` stand between `kinds`. */
interface Template {
  readonly event: NormalizedEvent;
  readonly texts: readonly string[];
  readonly kinds: readonly Kind[];
}
type Kind = 'uuid' | 'time' | 'address' | 'number';

/** Templates of events from the shared mix of real logs, normalized once; undefined where the corpus is absent. */
export function eventTemplates(): readonly Template[] | undefined {
  const mixed = mixedBodies(LINES, BODY_BYTES);
  if (mixed === undefined) return undefined;
  const body = Buffer.from(mixed.sample.join('\n'));
  const { tenantId } = FILLED_TENANT;
  const frame = { id: FRAME_ID, tenantId, sourceHint: '', receivedAt: START, body };
  const { events } = normalizeFrame({ ...frame, contentType: 'application/x-tocsin-wrapped' });
  return [...events].map(templateOf);
}

/**
 * Adds events made from templates to a store, as many a received day as asked for: each has its own ids, times, host,
 * user and addresses, in its columns and in its attributes.
 */
export class EventFiller {
  readonly #store: DuckDbEventStore;
  readonly #templates: readonly Template[];
  readonly #everyMs: number;
  readonly #startedAt: number;
  #stored: number;

  /** @param after events that the store has already */
  constructor(
    store: DuckDbEventStore,
    templates: readonly Template[],
    { perDay, after }: { perDay: number; after: number },
  ) {
    this.#store = store;
    this.#templates = templates;
    this.#everyMs = DAY_MS / perDay;
    this.#startedAt = START;
    this.#stored = after;
  }

  get stored(): number {
    return this.#stored;
  }

  /** Adds one roll, durably. */
  async addRoll(): Promise<void> {
    const place = { segment: '', block: 0, firstLine: 0, duplicates: [], deadLetters: [] };
    for (let rows = 0; rows < ROLL_ROWS; rows += FRAME_EVENTS) {
      const receivedAt = this.#timeOf(this.#stored);
      const list = Array.from({ length: FRAME_EVENTS }, (_, ordinal) => ({
        event: this.#next(),
        ordinal,
        rules: undefined,
      }));
      const offset = this.#stored;
      const facts = { source: SOURCE, offset, frameId: FRAME_ID, receivedAt, count: FRAME_EVENTS };
      await this.#store.writer.append(FILLED_TENANT, { ...facts, ...place }, list);
      // As between the frames of a pipeline: searches of the same thread go on.
      await setImmediate();
    }
    await this.#store.flush();
  }

  #timeOf(number: number): number {
    return this.#startedAt + Math.floor(number * this.#everyMs);
  }

  #next(): NormalizedEvent {
    const number = this.#stored;
    this.#stored += 1;
    const template = this.#templates[mixed(number, 1) % this.#templates.length];
    if (template === undefined) throw new Error('there are no templates');
    const { event } = template;
    const user = `user-${mixed(number, 2) % USERS}`;
    const host = `ws-${mixed(number, 3) % HOSTS}.corp.example`;
    const dstIp =
      number % INDICATOR_EVERY === 0
        ? `203.0.0.${(number / INDICATOR_EVERY) % INDICATORS_SEEN}`
        : changed('address', number, 4);
    const attack = number % ATTACK_EVERY === 0;
    const attributesJson = rewritten(template, number, attack);
    return {
      ...event,
      // Columns may be made of attributes, too.
      ...(attack && { attributes: { ...event.attributes, CommandLine: ATTACK } }),
      attributesJson,
      eventId: changed('uuid', number, 5),
      timestamp: this.#timeOf(number),
      sourceHost: event.sourceHost && host,
      targetName: event.targetName && host,
      targetId: event.targetId && host,
      actorName: event.actorName && user,
      actorId: event.actorId && user,
      srcIp: event.srcIp && changed('address', number, 6),
      dstIp: event.dstIp && dstIp,
      message: event.message && `${event.message} ${user}`,
    };
  }
}

const ATTACK = 'rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 624 C:\\t.dmp full';

function rewritten({ texts, kinds }: Template, number: number, attack: boolean): string {
  let text = texts[0] ?? '';
  for (let index = 0; index < kinds.length; index += 1) {
    text += changed(kinds[index] ?? 'number', number, index) + (texts[index + 1] ?? '');
  }
  if (!attack) return text;
  return `{"CommandLine":${JSON.stringify(ATTACK)}${text === '{}' ? '' : ','}${text.slice(1)}`;
}

function templateOf(event: NormalizedEvent): Template {
  const texts: string[] = [];
  const kinds: Kind[] = [];
  let from = 0;
  for (const found of event.attributesJson.matchAll(CHANGES)) {
    if (kinds.length === CHANGES_MAX) break;
    texts.push(event.attributesJson.slice(from, found.index));
    kinds.push(kindOf(found[0]));
    from = found.index + found[0].length;
  }
  texts.push(event.attributesJson.slice(from));
  return { event, texts, kinds };
}

function kindOf(text: string): Kind {
  if (text.length === 36) return 'uuid';
  if (text.includes(':')) return 'time';
  return text.includes('.') ? 'address' : 'number';
}

function changed(kind: Kind, number: number, index: number): string {
  const bits = mixed(number, index + 16);
  switch (kind) {
    case 'uuid': {
      const hex = (bits + 0x1_0000_0000).toString(16).slice(1);
      return `${hex}-${hex.slice(4)}-4${hex.slice(1, 4)}-8${hex.slice(5)}-${number.toString(16).padStart(12, '0')}`;
    }
    case 'time':
      return `2026-01-0${1 + (bits % 8)}T${10 + (bits % 10)}:${10 + (bits % 47)}:${10 + (bits % 49)}`;
    case 'address':
      return `10.${bits % 20}.${(bits >>> 8) % 200}.${(bits >>> 16) % 250}`;
    case 'number':
      // JSON has no numbers that begin with 0.
      return String(1_000 + (bits % 9_000_000));
  }
}

/** A number from a number, spread over 32 bits. */
function mixed(number: number, salt: number): number {
  let bits = Math.imul(number ^ (salt * 0x9e3779b1), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
