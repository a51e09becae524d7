import Type, { type Static } from 'typebox';

/** Longest time anything may be kept, in days: ten years. */
export const RETENTION_DAYS_MAX = 3_650;
/** Shortest time the audit log is kept, in days. */
export const AUDIT_DAYS_MIN = 30;

const days = (description: string, minimum = 1) =>
  Type.Integer({ minimum, maximum: RETENTION_DAYS_MAX, description });

/** How long a tenant keeps what is no event, in days. Events have `retention_days`. */
export const TenantRetention = Type.Object(
  {
    archive_days: days('Raw lines, from the day they were received'),
    alerts_days: days('Alerts and incidents, from their last change; those of a case stay with it'),
    cases_days: days('Cases that are resolved or closed, from their last change'),
    audit_days: days('Rows of the audit log; what goes leaves a signed statement', AUDIT_DAYS_MIN),
  },
  { additionalProperties: false, title: 'Tenant retention' },
);
/** {@link TenantRetention} as a type. */
export type TenantRetention = Static<typeof TenantRetention>;

/** What a new tenant keeps where nothing else is said. */
export const DEFAULT_RETENTION: TenantRetention = Object.freeze({
  archive_days: 90,
  alerts_days: 365,
  cases_days: 1_095,
  audit_days: 400,
});

/** How a tenant looks to its own people. Every member may be absent. */
export const TenantBranding = Type.Object(
  {
    display_name: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f\\u007f]*$' }),
    ),
    logo_url: Type.Optional(Type.String({ maxLength: 2_000, pattern: '^https://[^\\s"\'<>]+$' })),
    accent_color: Type.Optional(Type.String({ pattern: '^#[0-9a-f]{6}$' })),
    support_email: Type.Optional(
      Type.String({ maxLength: 254, pattern: '^[^\\s@<>"]+@[^\\s@<>"]+$' }),
    ),
  },
  { additionalProperties: false, title: 'Tenant branding' },
);
/** {@link TenantBranding} as a type. */
export type TenantBranding = Static<typeof TenantBranding>;

const counts = Type.Record(Type.String(), Type.Integer());

/** Steps of a deletion, in order. */
export const DELETION_STEPS = ['requested', 'draining', 'erasing', 'unlinking', 'done'] as const;

/** How far the deletion of a tenant's data is. */
export const TenantDeletion = Type.Object(
  {
    requested_at: Type.String({ format: 'date-time' }),
    requested_by: Type.String(),
    step: Type.Enum([...DELETION_STEPS] as (typeof DELETION_STEPS)[number][]),
    /** What the step waits for, in words. */
    detail: Type.String(),
    /** What was removed so far, by kind. */
    removed: counts,
    finished_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  },
  { title: 'Tenant deletion' },
);
/** {@link TenantDeletion} as a type. */
export type TenantDeletion = Static<typeof TenantDeletion>;

/** What the last pass of retention removed for a tenant. */
export const RetentionReport = Type.Object(
  { at: Type.String({ format: 'date-time' }), removed: counts },
  { title: 'Retention report' },
);
/** {@link RetentionReport} as a type. */
export type RetentionReport = Static<typeof RetentionReport>;
