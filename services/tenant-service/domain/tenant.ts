import {
  DEFAULT_RETENTION,
  RETENTION_DAYS_MAX,
  RetentionReport,
  TenantBranding,
  TenantDeletion,
  TenantRetention,
} from '@tocsin/contracts/tenant.ts';
import { DEFAULT_QUOTA, TenantQuota, TenantQuotaChange } from '@tocsin/contracts/tenant-quota.ts';
import type { TenantRow } from '@tocsin/database/tables.ts';
import { TENANT_ID_PATTERN } from '@tocsin/kernel/tenant-id.ts';
import type { Selectable } from 'kysely';
import Type, { type Static } from 'typebox';

export const RETENTION_DAYS_DEFAULT = 90;

/** Something to read, and no control characters: names end in logs, terminals and mails. */
const NAME_PATTERN = '^(?=.*\\S)[^\\u0000-\\u001f\\u007f\\u2028\\u2029]*$';

const name = Type.String({ minLength: 1, maxLength: 200, pattern: NAME_PATTERN });
const retentionDays = { minimum: 1, maximum: RETENTION_DAYS_MAX };
const residency = { pattern: '^[a-z0-9][a-z0-9-]{0,62}$' };
const retentionChange = Type.Partial(TenantRetention, { additionalProperties: false });

/** The label of a tenant that did not say where its data must stay. */
export const RESIDENCY_UNSPECIFIED = 'unspecified';

/** A tenant on the wire. */
export const Tenant = Type.Object(
  {
    tenant_id: Type.String({ pattern: TENANT_ID_PATTERN }),
    name: Type.String(),
    status: Type.Union([
      Type.Literal('active'),
      Type.Literal('suspended'),
      Type.Literal('deleting'),
      Type.Literal('deleted'),
    ]),
    retention_days: Type.Integer(),
    data_residency: Type.String(),
    retention: TenantRetention,
    /** What it may use: what is set, and the defaults. */
    quota: TenantQuota,
    branding: TenantBranding,
    deletion: Type.Union([TenantDeletion, Type.Null()]),
    last_retention: Type.Union([RetentionReport, Type.Null()]),
    created_at: Type.String({ format: 'date-time' }),
    updated_at: Type.String({ format: 'date-time' }),
    created_by: Type.String(),
    modified_by: Type.String(),
  },
  { title: 'Tenant' },
);
export type Tenant = Static<typeof Tenant>;

const settings = {
  retention: Type.Optional(retentionChange),
  quota: Type.Optional(TenantQuotaChange),
  branding: Type.Optional(TenantBranding),
};

/** What creates a tenant. */
export const NewTenant = Type.Object(
  {
    tenant_id: Type.String({ pattern: TENANT_ID_PATTERN }),
    name,
    /** How long events are kept, in days. */
    retention_days: Type.Integer({ ...retentionDays, default: RETENTION_DAYS_DEFAULT }),
    /** Where its data must stay, for example `us-east`: refused where the installation says it is elsewhere. */
    data_residency: Type.String({ ...residency, default: RESIDENCY_UNSPECIFIED }),
    ...settings,
  },
  { additionalProperties: false, title: 'New tenant' },
);
export type NewTenant = Static<typeof NewTenant>;

/** What may be changed. A tenant's id never changes. Members of quota and retention that are absent stay as they are. */
export const TenantChange = Type.Object(
  {
    name: Type.Optional(name),
    retention_days: Type.Optional(Type.Integer(retentionDays)),
    data_residency: Type.Optional(Type.String(residency)),
    status: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('suspended')])),
    ...settings,
  },
  { additionalProperties: false, minProperties: 1, title: 'Tenant change' },
);
export type TenantChange = Static<typeof TenantChange>;

/** Path parameters of one tenant. */
export const TenantParams = Type.Object({
  tenant_id: Type.String({ pattern: TENANT_ID_PATTERN }),
});

/** What a tenant may use: what is set for it, and what the installation gives everyone. */
export function quotaOf(
  row: Pick<Selectable<TenantRow>, 'quota'>,
  defaults: TenantQuota,
): TenantQuota {
  return { ...defaults, ...row.quota };
}

/** The columns of a new tenant. */
export function newColumns(tenant: NewTenant) {
  const { retention = {}, quota = {}, branding = {}, ...rest } = tenant;
  return {
    ...rest,
    retention: JSON.stringify({
      ...DEFAULT_RETENTION,
      // Raw lines as long as events, unless something else is said.
      archive_days: tenant.retention_days,
      ...retention,
    }),
    quota: JSON.stringify(quota),
    branding: JSON.stringify(branding),
  };
}

/** The columns that a change sets. Branding is replaced as a whole, so that a member can be taken away. */
export function changedColumns(before: Selectable<TenantRow>, change: TenantChange) {
  const { retention, quota, branding, ...rest } = change;
  return {
    ...rest,
    ...(retention === undefined
      ? {}
      : { retention: JSON.stringify({ ...before.retention, ...retention }) }),
    ...(quota === undefined ? {} : { quota: JSON.stringify({ ...before.quota, ...quota }) }),
    ...(branding === undefined ? {} : { branding: JSON.stringify(branding) }),
  };
}

/** A row as the audit log keeps it: of the quota only what is set for this tenant. */
export function auditedTenant(row: Selectable<TenantRow>): object {
  return { ...renderTenant(row, DEFAULT_QUOTA), quota: row.quota };
}

/** A row as it is on the wire. */
export function renderTenant(row: Selectable<TenantRow>, defaultQuota: TenantQuota): Tenant {
  return {
    tenant_id: row.tenant_id,
    name: row.name,
    status: row.status,
    retention_days: row.retention_days,
    data_residency: row.data_residency,
    retention: { ...DEFAULT_RETENTION, ...row.retention },
    quota: quotaOf(row, defaultQuota),
    branding: row.branding,
    deletion: row.deletion,
    last_retention: row.last_retention,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    created_by: row.created_by,
    modified_by: row.modified_by,
  };
}
