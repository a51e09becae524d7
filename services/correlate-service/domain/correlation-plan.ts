import type { ScoredAlert } from '@tocsin/contracts/alert.ts';
import type { EntityKeys } from './entity-keys.ts';

/** A scored alert that passed its schema, with what clustering needs. Times in milliseconds since 1970. */
export interface IncomingAlert {
  readonly alert: ScoredAlert;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly names: EntityKeys;
  readonly repeatKey: string;
}

/** The row an alert gets. */
export interface AlertWrite {
  readonly incoming: IncomingAlert;
  /** True when there was no row. */
  readonly isNew: boolean;
  readonly incidentId: string | null;
  /** Of a new row only: taken over from an earlier alert of the same rule and group. */
  readonly suppressedUntil: number | null;
  readonly suppressReason: string | null;
}

/** An incident to open. */
export interface IncidentOpening {
  readonly incidentId: string;
  readonly incidentKey: string;
  readonly opener: IncomingAlert;
  readonly previousIncidentId: string | null;
}

/** An alert that newly belongs to an incident. */
export interface IncidentJoin {
  readonly incidentId: string;
  readonly incoming: IncomingAlert;
  readonly opened: boolean;
  /** Keys that tied it; empty for the alert that opened the incident. */
  readonly shared: readonly string[];
  /** Further open incidents it would have fitted. */
  readonly alsoMatches: readonly string[];
}

/** A name that an alert brought to an incident. */
export interface IncidentName {
  readonly incidentId: string;
  readonly kind: 'actors' | 'hosts' | 'srcIps';
  readonly name: string;
}

/** A case to open for an incident. */
export interface CaseOpening {
  readonly caseId: string;
  readonly incidentId: string;
  readonly opener: IncomingAlert;
}

/** What one batch changes: decided without I/O, written in one transaction. */
export interface CorrelationPlan {
  readonly alerts: readonly AlertWrite[];
  readonly openings: readonly IncidentOpening[];
  readonly joins: readonly IncidentJoin[];
  /** Newest state of each alert that counts toward each incident touched. */
  readonly members: readonly { readonly incidentId: string; readonly incoming: IncomingAlert }[];
  readonly newKeys: readonly { readonly incidentId: string; readonly key: string }[];
  /** Names that people read, from every state of the alerts. */
  readonly newNames: readonly IncidentName[];
  readonly cases: readonly CaseOpening[];
  /** New or newly unsuppressed alerts, to be told to others. */
  readonly triggered: readonly IncomingAlert[];
  readonly staleCount: number;
  readonly quietCount: number;
  readonly droppedKeyCount: number;
}
