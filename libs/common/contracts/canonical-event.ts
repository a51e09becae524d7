import { TENANT_ID_PATTERN } from '@tocsin/kernel/tenant-id.ts';
import Type, { type Static } from 'typebox';

/** The seven categories. */
export const CATEGORIES = [
  'auth',
  'endpoint',
  'network',
  'cloud',
  'k8s',
  'storage',
  'ops',
] as const;
export const ACTOR_TYPES = ['user', 'service', 'device', 'unknown'] as const;
export const TARGET_TYPES = ['asset', 'workload', 'service', 'data', 'unknown'] as const;
export const OUTCOMES = ['success', 'failure', 'unknown'] as const;

/** Longest value of an id, name, action or host, in UTF-16 units. */
export const SHORT_TEXT_MAX = 1024;
/** Most tags on an event. */
export const TAGS_MAX = 64;

const words = <const Words extends readonly string[]>(list: Words) =>
  Type.Enum([...list] as Words[number][]);
const text = Type.String({ maxLength: SHORT_TEXT_MAX });
const closed = { additionalProperties: false } as const;

const members = {
  tenant_id: Type.String({ pattern: TENANT_ID_PATTERN, minLength: 3, maxLength: 63 }),
  event_id: Type.String({ format: 'uuid' }),
  timestamp: Type.String({ format: 'date-time' }),
  source: Type.Object(
    { system: text, integration: Type.Optional(text), host: Type.Optional(text) },
    closed,
  ),
  category: words(CATEGORIES),
  severity: Type.Integer({ minimum: 0, maximum: 10 }),
  actor: Type.Optional(
    Type.Object(
      {
        type: Type.Optional(words(ACTOR_TYPES)),
        id: Type.Optional(text),
        name: Type.Optional(text),
        email: Type.Optional(text),
      },
      closed,
    ),
  ),
  target: Type.Optional(
    Type.Object(
      {
        type: Type.Optional(words(TARGET_TYPES)),
        id: Type.Optional(text),
        name: Type.Optional(text),
      },
      closed,
    ),
  ),
  action: Type.Optional(text),
  outcome: Type.Optional(words(OUTCOMES)),
  attributes: Type.Optional(Type.Object({}, { additionalProperties: true })),
  raw_ref: Type.Optional(Type.String({ maxLength: 256 })),
  tags: Type.Optional(Type.Array(Type.String({ maxLength: 128 }), { maxItems: TAGS_MAX })),
};

/** The canonical event: what every source is mapped to. Unknown members are refused; free data goes to `attributes`. */
export const CanonicalEvent = Type.Object(members, { ...closed, title: 'Canonical event' });

/** {@link CanonicalEvent} as a type. */
export type CanonicalEvent = Static<typeof CanonicalEvent>;

/**
 * What a client may post: a canonical event of which only `category` is needed.
 * The rest is filled in: tenant from the token, id derived, time of receipt, severity 0, source `api`.
 * UNTRUSTED: `tenant_id` must equal the token's; `raw_ref` is ours and is refused.
 */
export const EventInput = Type.Object(
  {
    ...members,
    tenant_id: Type.Optional(members.tenant_id),
    event_id: Type.Optional(members.event_id),
    timestamp: Type.Optional(members.timestamp),
    source: Type.Optional(members.source),
    severity: Type.Optional(members.severity),
    raw_ref: Type.Optional(Type.Never()),
  },
  { ...closed, title: 'Event as posted' },
);

/** {@link EventInput} as a type. */
export type EventInput = Static<typeof EventInput>;
