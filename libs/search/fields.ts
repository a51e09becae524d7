import type { Collection } from './search-store.ts';

/**
 * Kinds of values, which decide what can be asked of a field:
 * - `keyword`, `ip`, `uuid`, `attribute`: equality of the whole value and wildcards, case ignored; `ip` also IPv4 ranges;
 * - `text`: the value is found anywhere in it, case ignored;
 * - `integer`, `severity`, `time`: equality and order;
 * - `boolean`: `true` or `false`.
 */
export type FieldType =
  | 'keyword'
  | 'text'
  | 'ip'
  | 'uuid'
  | 'integer'
  | 'severity'
  | 'time'
  | 'boolean'
  | 'attribute';

/** A field that can be searched. */
export interface Field {
  /** As users write it, and its path in the document. */
  readonly name: string;
  readonly type: FieldType;
  /** Has several values: a term holds when one of them matches. */
  readonly list: boolean;
  /** A bare word searches it. */
  readonly bareWord: boolean;
  /**
   * SQL of its value in the embedded engine of its collection (events: DuckDB, alerts and cases: PostgreSQL).
   * Trusted text. Of types `keyword`, `text`, `ip` it is never NULL: absent is `''`.
   */
  readonly sql: string;
  /**
   * A column that holds the value with case folded and `''` where absent, and has an index. Row-level security lets an
   * index be used only by operators that leak nothing, which `lower(...)` is not: so the fold must be stored.
   */
  readonly folded?: string;
}

/** Characters of a value that a folded column may keep (migration 084): a longer one is not looked up by it. */
export const FOLDED_LENGTH_MAX = 400;

/** Says whether rows with a value can be found by folded columns. */
export function isFoldedWhole(value: string): boolean {
  return Array.from(value).length < FOLDED_LENGTH_MAX;
}

/** The prefix of attributes, which nobody declares. */
export const ATTRIBUTES_PREFIX = 'attributes.';

/** Stands between, before and after the values of a list in one text column; values do not contain it. */
export const LIST_SEPARATOR = '\u001f';

const BARE = true;

const EVENT_FIELDS: readonly Field[] = [
  event('event_id', 'uuid'),
  event('timestamp', 'time'),
  event('ingested_at', 'time'),
  event('category', 'keyword'),
  event('severity', 'severity'),
  event('action', 'keyword', BARE),
  event('outcome', 'keyword'),
  event('source.system', 'keyword'),
  event('source.integration', 'keyword'),
  event('source.host', 'keyword', BARE),
  event('actor.type', 'keyword'),
  event('actor.id', 'keyword', BARE),
  event('actor.name', 'keyword', BARE),
  event('actor.email', 'keyword', BARE),
  event('target.type', 'keyword'),
  event('target.id', 'keyword', BARE),
  event('target.name', 'keyword', BARE),
  event('src_ip', 'ip', BARE),
  event('dst_ip', 'ip', BARE),
  event('message', 'text', BARE),
  listOf(event('tags', 'keyword', BARE)),
  listOf(event('rules', 'keyword')),
  event('parse_status', 'keyword'),
  event('parse_error', 'keyword'),
];

const ALERT_FIELDS: readonly Field[] = [
  row('alert_id', 'uuid', 'alert_id'),
  row('timestamp', 'time', 'last_event_at'),
  row('first_event_at', 'time', 'first_event_at'),
  row('updated_at', 'time', 'updated_at'),
  indexed(row('status', 'keyword', 'status'), 'status'),
  row('severity', 'severity', 'severity'),
  indexed(row('rule_id', 'keyword', 'rule_id', BARE), 'rule_id_folded'),
  row('rule_name', 'keyword', 'rule_name', BARE),
  row('title', 'text', 'title', BARE),
  row('description', 'text', 'description', BARE),
  row('category', 'keyword', 'category'),
  row('actor.type', 'keyword', "coalesce((actor->>'type'), '')"),
  indexed(row('actor.id', 'keyword', "coalesce((actor->>'id'), '')", BARE), 'actor_id_folded'),
  row('actor.name', 'keyword', "coalesce((actor->>'name'), '')", BARE),
  row('target.type', 'keyword', "coalesce((target->>'type'), '')"),
  row('target.id', 'keyword', "coalesce((target->>'id'), '')", BARE),
  row('target.name', 'keyword', "coalesce((target->>'name'), '')", BARE),
  indexed(row('assignee', 'keyword', "coalesce(assignee, '')"), 'assignee_folded'),
  row('event_count', 'integer', 'event_count'),
  listOf(row('tags', 'keyword', 'tags', BARE)),
  listOf(row('hosts', 'keyword', 'hosts', BARE)),
  listOf(row('src_ips', 'ip', 'src_ips', BARE)),
  row('storm', 'boolean', 'storm'),
  row('suppressed', 'boolean', 'coalesce(suppressed_until > {now}, false)'),
  row('incident_id', 'uuid', 'incident_id'),
];

const CASE_FIELDS: readonly Field[] = [
  row('id', 'uuid', 'case_id'),
  row('created_at', 'time', 'created_at'),
  row('updated_at', 'time', 'updated_at'),
  indexed(row('status', 'keyword', 'status'), 'status'),
  row('severity', 'severity', 'severity'),
  row('title', 'text', 'title', BARE),
  row('description', 'text', 'description', BARE),
  indexed(row('assigned_to', 'keyword', "coalesce(assigned_to, '')", BARE), 'assigned_to_folded'),
  indexed(row('created_by', 'keyword', 'created_by'), 'created_by_folded'),
  row('incident_id', 'uuid', 'incident_id'),
];

/** The declared fields of each collection, in the order of the reference page. Attributes come beside them. */
export const FIELDS: Readonly<Record<Collection, readonly Field[]>> = {
  events: EVENT_FIELDS,
  alerts: ALERT_FIELDS,
  cases: CASE_FIELDS,
};

/** Where the time and the identity of a document stand: rows are ordered by them. */
export const ROW_KEYS: Readonly<
  Record<Collection, { readonly time: string; readonly id: string }>
> = {
  events: { time: 'timestamp', id: 'event_id' },
  alerts: { time: 'timestamp', id: 'alert_id' },
  cases: { time: 'created_at', id: 'id' },
};

const BY_NAME: Readonly<Record<Collection, ReadonlyMap<string, Field>>> = {
  events: new Map(EVENT_FIELDS.map((field) => [field.name, field])),
  alerts: new Map(ALERT_FIELDS.map((field) => [field.name, field])),
  cases: new Map(CASE_FIELDS.map((field) => [field.name, field])),
};

/** The field of a name as typed, or undefined. Of events also `attributes.NAME`. Names have case. UNTRUSTED: `name`. */
export function findField(collection: Collection, name: string): Field | undefined {
  const declared = BY_NAME[collection].get(name);
  if (declared !== undefined || collection !== 'events') return declared;
  if (!name.startsWith(ATTRIBUTES_PREFIX) || name.length === ATTRIBUTES_PREFIX.length) {
    return undefined;
  }
  return { name, type: 'attribute', list: false, bareWord: false, sql: '"attributes"' };
}

/**
 * The ways to reach an attribute, to be tried in order: its name as one key (`id.orig_h` of Zeek), then, if it
 * has dots, as a path of keys. A step of digits also takes that element of a list.
 */
export function attributePaths(field: Field): readonly (readonly string[])[] {
  const name = field.name.slice(ATTRIBUTES_PREFIX.length);
  return name.includes('.') ? [[name], name.split('.')] : [[name]];
}

function event(name: string, type: FieldType, bareWord = false): Field {
  return { name, type, list: false, bareWord, sql: `"${name.replace('.', '_')}"` };
}

/** A field of a collection in PostgreSQL. */
function row(name: string, type: FieldType, sql: string, bareWord = false): Field {
  return { name, type, list: false, bareWord, sql };
}

function indexed(field: Field, folded: string): Field {
  return { ...field, folded };
}

function listOf(field: Field): Field {
  return { ...field, list: true };
}
