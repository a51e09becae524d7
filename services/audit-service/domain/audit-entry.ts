import Type, { type Static } from 'typebox';

const filterText = Type.Optional(Type.String({ minLength: 1, maxLength: 200 }));
const anyObject = Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()]);

/** A row of an audit log on the wire. `seq` and `hash` are null for the few seconds until the row is sealed. */
export const AuditEntry = Type.Object(
  {
    tenant_id: Type.String(),
    audit_id: Type.String(),
    at: Type.String({ format: 'date-time' }),
    actor: Type.String(),
    action: Type.String(),
    object_type: Type.String(),
    object_id: Type.String(),
    before: anyObject,
    after: anyObject,
    request_id: Type.String(),
    seq: Type.Union([Type.Integer(), Type.Null()]),
    hash: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'Audit entry' },
);
export type AuditEntry = Static<typeof AuditEntry>;

/** Query members by which a list of the log is narrowed. Times are RFC 3339, `since` included, `until` not. */
export const auditFilterQuery = {
  actor: filterText,
  action: filterText,
  object_type: filterText,
  object_id: filterText,
  request_id: filterText,
  since: Type.Optional(Type.String({ format: 'date-time' })),
  until: Type.Optional(Type.String({ format: 'date-time' })),
};

const FilterQuery = Type.Object(auditFilterQuery);

/** The query as the records take it. */
export function filterOf(query: Static<typeof FilterQuery>) {
  return {
    actor: query.actor,
    action: query.action,
    objectType: query.object_type,
    objectId: query.object_id,
    requestId: query.request_id,
    since: query.since === undefined ? undefined : new Date(query.since),
    until: query.until === undefined ? undefined : new Date(query.until),
  };
}
