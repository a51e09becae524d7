import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';

/** Reads one field of an event; `undefined` or `''` when it has none. */
export type FieldReader = (event: NormalizedEvent) => unknown;

const ATTRIBUTES = 'attributes.';

/** The canonical fields a rule can name. */
const FIELDS: Readonly<Record<string, FieldReader>> = {
  category: (event) => event.category,
  severity: (event) => event.severity,
  action: (event) => event.action,
  outcome: (event) => event.outcome,
  'source.system': (event) => event.sourceSystem,
  'source.integration': (event) => event.sourceIntegration,
  'source.host': (event) => event.sourceHost,
  'actor.type': (event) => event.actorType,
  'actor.id': (event) => event.actorId,
  'actor.name': (event) => event.actorName,
  'actor.email': (event) => event.actorEmail,
  'target.type': (event) => event.targetType,
  'target.id': (event) => event.targetId,
  'target.name': (event) => event.targetName,
  src_ip: (event) => event.srcIp,
  dst_ip: (event) => event.dstIp,
  message: (event) => event.message,
  tags: (event) => event.tags,
  parse_status: (event) => event.parseStatus,
  /** Who acts, by the best name there is. */
  actor: (event) => event.actorId || event.actorName || event.actorEmail,
  /** Who or what is acted on. */
  target: (event) => event.targetId || event.targetName,
};

/**
 * Finds the reader of a field. `attributes.NAME` is a member of the source's own record: first one of exactly that
 * name, dots included (`attributes.id.orig_h`), else a path into nested objects.
 *
 * @returns `undefined` when there is no such field
 */
export function fieldReader(field: string): FieldReader | undefined {
  if (!field.startsWith(ATTRIBUTES))
    return Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
  const name = field.slice(ATTRIBUTES.length);
  if (name === '') return undefined;
  if (!name.includes('.')) return (event) => ownMember(event.attributes, name);
  const path = name.split('.');
  return (event) => ownMember(event.attributes, name) ?? memberAt(event.attributes, path);
}

/**
 * UNTRUSTED record: only its own members count, never what every object inherits. Those are functions, which JSON
 * has none of, and `__proto__`; so one look-up does where asking first would cost two.
 */
function ownMember(record: Readonly<Record<string, unknown>>, name: string): unknown {
  if (name === '__proto__' && !Object.hasOwn(record, name)) return undefined;
  const value = record[name];
  return typeof value === 'function' ? undefined : value;
}

function memberAt(record: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  let value: unknown = record;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = ownMember(value as Readonly<Record<string, unknown>>, name);
  }
  return value;
}

/** The text of a value, or `''` when it is absent or not a scalar. */
export function fieldText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** The number of a value or of its text; `undefined` when it has none. */
export function fieldNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
