import type { AlertStatus } from '@tocsin/contracts/alert.ts';
import type { IncidentStatus } from '@tocsin/contracts/incident.ts';

/** What is stored of an alert, as far as the correlator's decisions need it. Times in milliseconds since 1970. */
export interface KnownAlert {
  readonly alertId: string;
  readonly revision: number;
  readonly status: AlertStatus;
  readonly incidentId: string | null;
  readonly suppressedUntil: number | null;
  readonly lastEventAt: number;
}

/** What is stored of an incident that could matter for the alerts at hand. */
export interface KnownIncident {
  readonly incidentId: string;
  readonly status: IncidentStatus;
  readonly firstAlertAt: number;
  readonly lastAlertAt: number;
  readonly alertCount: number;
  /** Those of its entity keys that some alert at hand has too. */
  readonly keys: readonly string[];
  /** Number of all its entity keys. */
  readonly keyCount: number;
  /** The case people work on, if there is one. */
  readonly openCaseId: string | null;
  /** Was there ever a case? Then only a further alert opens another, not a repeat. */
  readonly hadCase: boolean;
}

/** A suppression that holds for a rule and group, from an earlier alert of theirs. */
export interface KnownSuppression {
  readonly until: number;
  readonly reason: string | null;
}

/** All that decisions about one batch of one tenant are made from. */
export interface KnownState {
  readonly alerts: readonly KnownAlert[];
  readonly incidents: readonly KnownIncident[];
  /** By repeat key. */
  readonly suppressions: ReadonlyMap<string, KnownSuppression>;
}
