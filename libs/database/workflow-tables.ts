import type { AlertStatus } from '@tocsin/contracts/alert.ts';
import type { CaseStatus } from '@tocsin/contracts/case.ts';
import type { IncidentStatus } from '@tocsin/contracts/incident.ts';
import type { ColumnType, Generated, JSONColumnType } from 'kysely';

/** Tables of alerts, incidents and cases (migrations 010 to 013); part of the tenant's tables. */
export interface WorkflowTables {
  alerts: AlertTable;
  incidents: IncidentTable;
  incident_alerts: IncidentAlertTable;
  incident_entities: IncidentEntityTable;
  incident_timeline: IncidentTimelineTable;
  cases: CaseTable;
  case_alerts: CaseAlertTable;
  case_comments: CaseCommentTable;
  case_timeline: CaseTimelineTable;
  case_comment_versions: CaseCommentVersionTable;
  case_links: CaseLinkTable;
  incident_merges: IncidentMergeTable;
}

/** Who or what an alert is about, as detect named it. */
export interface PartyColumn {
  readonly type?: string | undefined;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

/** PostgreSQL `bigint`: the driver gives text, so that nothing is rounded unseen. */
type BigintColumn = ColumnType<string | number, number, number>;

/** Who made a row and who changed it last, and how often people changed it (the ETag). */
interface Changed {
  created_at: Date;
  updated_at: Date;
  created_by: string;
  modified_by: string;
  version: Generated<number>;
}

/** One episode of a rule. Written by the correlator; people change status, assignee and suppression. */
export interface AlertTable extends Changed {
  tenant_id: string;
  alert_id: string;
  revision: number;
  rule_id: string;
  rule_name: string;
  rule_version: number;
  severity: number;
  status: Generated<AlertStatus>;
  title: string;
  description: string;
  category: string;
  actor: JSONColumnType<PartyColumn | null, string | null, string | null>;
  target: JSONColumnType<PartyColumn | null, string | null, string | null>;
  group_values: JSONColumnType<Readonly<Record<string, string>>>;
  repeat_key: string;
  first_event_at: Date;
  last_event_at: Date;
  event_count: BigintColumn;
  total: number;
  related_events: JSONColumnType<readonly string[]>;
  src_ips: readonly string[];
  hosts: readonly string[];
  tags: readonly string[];
  storm: boolean;
  assignee: string | null;
  suppressed_until: Date | null;
  suppress_reason: string | null;
  incident_id: string | null;
}

/** Alerts that belong together. */
export interface IncidentTable extends Changed {
  tenant_id: string;
  incident_id: string;
  incident_key: string;
  status: Generated<IncidentStatus>;
  severity: number;
  title: string;
  actors: readonly string[];
  hosts: readonly string[];
  src_ips: readonly string[];
  first_alert_at: Date;
  last_alert_at: Date;
  alert_count: Generated<number>;
  previous_incident_id: string | null;
  merged_into: Generated<string | null>;
  assignee: string | null;
  resolved_at: Date | null;
}

export interface IncidentAlertTable {
  tenant_id: string;
  incident_id: string;
  alert_id: string;
  joined_at: Date;
}

export interface IncidentEntityTable {
  tenant_id: string;
  entity_key: string;
  incident_id: string;
}

export interface IncidentTimelineTable {
  tenant_id: string;
  incident_id: string;
  entry_id: string;
  /** Event time of an alert, wall time of what people did. */
  at: Date;
  recorded_at: Date;
  kind: string;
  actor: string;
  alert_id: string | null;
  summary: string;
  detail: JSONColumnType<object>;
}

/** An investigation by people. */
export interface CaseTable extends Changed {
  tenant_id: string;
  case_id: string;
  title: string;
  description: Generated<string>;
  severity: number;
  status: Generated<CaseStatus>;
  assigned_to: string | null;
  incident_id: string | null;
  metadata: JSONColumnType<Readonly<Record<string, unknown>>>;
  resolved_at: Date | null;
  idempotency_key: string | null;
  idempotency_hash: string | null;
}

export interface CaseAlertTable {
  tenant_id: string;
  case_id: string;
  alert_id: string;
  linked_at: Date;
  linked_by: string;
}

export interface CaseCommentTable {
  tenant_id: string;
  case_id: string;
  comment_id: string;
  body: string;
  created_at: Date;
  created_by: string;
  /** Grows with each edit (the ETag); the texts before are in {@link CaseCommentVersionTable}. */
  version: Generated<number>;
  edited_at: Generated<Date | null>;
  edited_by: Generated<string | null>;
}

/** What a comment said before an edit. Insert only. */
export interface CaseCommentVersionTable {
  tenant_id: string;
  case_id: string;
  comment_id: string;
  version: number;
  body: string;
  written_at: Date;
  written_by: string;
}

/** What a case refers to: another case of the tenant, or a page elsewhere. */
export interface CaseLinkTable {
  tenant_id: string;
  case_id: string;
  link_id: string;
  relation: 'related' | 'duplicate_of' | 'caused_by' | 'url';
  other_case_id: string | null;
  url: string | null;
  title: string;
  created_at: Date;
  created_by: string;
}

/** An incident that people merged into another, and what it takes to undo that. */
export interface IncidentMergeTable {
  tenant_id: string;
  merge_id: string;
  incident_id: string;
  source_id: string;
  reason: string;
  /** The source before: `status`, `resolved_at`. */
  source_before: JSONColumnType<{
    readonly status: IncidentStatus;
    readonly resolved_at: string | null;
  }>;
  /** Alerts that the target did not hold before. */
  added_alerts: readonly string[];
  /** Alerts that counted toward the source before. */
  moved_alerts: readonly string[];
  added_keys: readonly string[];
  /** Cases of the source that now belong to the target. */
  moved_cases: readonly string[];
  /** Links that the merge made, which its undoing takes back. */
  added_links: ColumnType<
    readonly { readonly caseId: string; readonly alertId: string }[],
    string | undefined,
    string
  >;
  merged_at: Date;
  merged_by: string;
  undone_at: Date | null;
  undone_by: string | null;
}

export interface CaseTimelineTable {
  tenant_id: string;
  case_id: string;
  entry_id: string;
  at: Date;
  kind: string;
  actor: string;
  summary: string;
  detail: JSONColumnType<object>;
}
