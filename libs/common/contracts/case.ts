import Type, { type Static } from 'typebox';

/** Statuses of a case. */
export const CASE_STATUSES = [
  'open',
  'investigating',
  'contained',
  'resolved',
  'closed',
  'false_positive',
] as const;
export type CaseStatus = (typeof CASE_STATUSES)[number];

/** The statuses in which a case is being worked on; an incident has at most one such case (Resolution 7). */
export const OPEN_CASE_STATUSES = ['open', 'investigating', 'contained'] as const;

/** Longest title of a case, in characters (A's table). */
export const CASE_TITLE_MAX = 500;

const textOrNull = Type.Union([Type.String(), Type.Null()]);

/** A case as the API gives it. */
export const Case = Type.Object(
  {
    tenant_id: Type.String(),
    id: Type.String(),
    title: Type.String(),
    description: Type.String(),
    severity: Type.Integer({ minimum: 0, maximum: 10 }),
    severity_label: Type.String(),
    status: Type.Enum([...CASE_STATUSES] as CaseStatus[]),
    assigned_to: textOrNull,
    incident_id: textOrNull,
    metadata: Type.Record(Type.String(), Type.Unknown()),
    resolved_at: textOrNull,
    created_at: Type.String(),
    updated_at: Type.String(),
    created_by: Type.String(),
    modified_by: Type.String(),
    version: Type.Integer(),
  },
  { title: 'Case' },
);

/** {@link Case} as a type. */
export type Case = Static<typeof Case>;
