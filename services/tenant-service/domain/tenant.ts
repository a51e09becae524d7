import type { TenantRow } from '@tocsin/database/tables.ts';
import { TENANT_ID_PATTERN } from '@tocsin/kernel/tenant-id.ts';
import type { Selectable } from 'kysely';
import Type, { type Static } from 'typebox';

/** Longest time events may be kept, in days: ten years. */
export const RETENTION_DAYS_MAX = 3_650;
export const RETENTION_DAYS_DEFAULT = 90;

/** Something to read, and no control characters: names end in logs, terminals and mails. */
const NAME_PATTERN = '^(?=.*\\S)[^\\u0000-\\u001f\\u007f\\u2028\\u2029]*$';

const name = Type.String({ minLength: 1, maxLength: 200, pattern: NAME_PATTERN });
const retentionDays = { minimum: 1, maximum: RETENTION_DAYS_MAX };
const residency = { pattern: '^[a-z0-9][a-z0-9-]{0,62}$' };

/** A tenant on the wire. */
export const Tenant = Type.Object(
  {
    tenant_id: Type.String({ pattern: TENANT_ID_PATTERN }),
    name: Type.String(),
    status: Type.Union([
      Type.Literal('active'),
      Type.Literal('suspended'),
      Type.Literal('deleted'),
    ]),
    retention_days: Type.Integer(),
    data_residency: Type.String(),
    created_at: Type.String({ format: 'date-time' }),
    updated_at: Type.String({ format: 'date-time' }),
    created_by: Type.String(),
    modified_by: Type.String(),
  },
  { title: 'Tenant' },
);
export type Tenant = Static<typeof Tenant>;

/** What creates a tenant. */
export const NewTenant = Type.Object(
  {
    tenant_id: Type.String({ pattern: TENANT_ID_PATTERN }),
    name,
    /** How long events are kept, in days. */
    retention_days: Type.Integer({ ...retentionDays, default: RETENTION_DAYS_DEFAULT }),
    /** A flag for people and for where an installation stores data, for example `us-east`. */
    data_residency: Type.String({ ...residency, default: 'unspecified' }),
  },
  { additionalProperties: false, title: 'New tenant' },
);
export type NewTenant = Static<typeof NewTenant>;

/** What may be changed. A tenant's id never changes. */
export const TenantChange = Type.Object(
  {
    name: Type.Optional(name),
    retention_days: Type.Optional(Type.Integer(retentionDays)),
    data_residency: Type.Optional(Type.String(residency)),
    status: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('suspended')])),
  },
  { additionalProperties: false, minProperties: 1, title: 'Tenant change' },
);
export type TenantChange = Static<typeof TenantChange>;

/** Path parameters of one tenant. */
export const TenantParams = Type.Object({
  tenant_id: Type.String({ pattern: TENANT_ID_PATTERN }),
});

/** A row as it is on the wire. */
export function renderTenant(row: Selectable<TenantRow>): Tenant {
  return {
    tenant_id: row.tenant_id,
    name: row.name,
    status: row.status,
    retention_days: row.retention_days,
    data_residency: row.data_residency,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    created_by: row.created_by,
    modified_by: row.modified_by,
  };
}
