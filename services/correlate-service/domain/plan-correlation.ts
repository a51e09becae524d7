import { assert } from '@tocsin/kernel/assert.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { TOCSIN_NAMESPACE, uuidV5 } from '@tocsin/kernel/uuid.ts';
import {
  type Candidate,
  hasRoom,
  type Match,
  openMatches,
  previousIncident,
} from './choose-incident.ts';
import type {
  AlertWrite,
  CaseOpening,
  CorrelationPlan,
  IncidentJoin,
  IncidentName,
  IncidentOpening,
  IncomingAlert,
} from './correlation-plan.ts';
import { isOpenIncident } from './incident-transitions.ts';
import type { KnownAlert, KnownState } from './known-state.ts';

/** An alert this severe opens a case. */
export const CASE_SEVERITY_MIN = 8;

/** Most names that tie alerts to one incident. */
export const INCIDENT_KEYS_MAX = 500;

/** An incident while a batch is decided. */
interface IncidentDraft extends Candidate {
  firstAlertAt: number;
  lastAlertAt: number;
  alertCount: number;
  readonly keys: Set<string>;
  keyCount: number;
  openCaseId: string | null;
  hadCase: boolean;
}

interface AlertDraft {
  readonly known: KnownAlert;
  readonly write: AlertWrite;
}

/**
 * Decides what a batch of one tenant's scored alerts changes: a pure function of the alerts in their order and of
 * what is stored. One alert after the other, so that the outcome does not depend on how the bus cut its batches;
 * ids derive from what they stand for, so that a repeat after a crash makes the same ones.
 */
export function planCorrelation(
  tenantId: TenantId,
  incoming: readonly IncomingAlert[],
  known: KnownState,
  nowMs: number,
): CorrelationPlan {
  const planner = new Planner(tenantId, known, nowMs);
  for (const alert of incoming) planner.take(alert);
  return planner.plan();
}

class Planner {
  readonly #tenantId: TenantId;
  readonly #known: KnownState;
  readonly #nowMs: number;
  readonly #stored: ReadonlyMap<string, KnownAlert>;
  readonly #incidents = new Map<string, IncidentDraft>();
  readonly #alerts = new Map<string, AlertDraft>();
  readonly #openings: IncidentOpening[] = [];
  readonly #joins: IncidentJoin[] = [];
  readonly #members = new Map<string, { incidentId: string; incoming: IncomingAlert }>();
  readonly #newKeys: { incidentId: string; key: string }[] = [];
  readonly #newNames = new Map<string, IncidentName>();
  readonly #cases: CaseOpening[] = [];
  readonly #triggered = new Map<string, IncomingAlert>();
  #staleCount = 0;
  #quietCount = 0;
  #droppedKeyCount = 0;

  constructor(tenantId: TenantId, known: KnownState, nowMs: number) {
    this.#tenantId = tenantId;
    this.#known = known;
    this.#nowMs = nowMs;
    this.#stored = new Map(known.alerts.map((alert) => [alert.alertId, alert]));
    for (const incident of known.incidents) {
      this.#incidents.set(incident.incidentId, { ...incident, keys: new Set(incident.keys) });
    }
  }

  take(incoming: IncomingAlert): void {
    const alertId = incoming.alert.alert_id;
    const before = this.#alerts.get(alertId)?.known ?? this.#stored.get(alertId);
    if (before !== undefined && incoming.alert.revision <= before.revision) {
      this.#staleCount += 1;
      return;
    }
    const suppression = this.#suppression(incoming, before);
    if (suppression.until !== null || before?.status === 'false_positive') {
      this.#quietCount += 1;
      this.#record(incoming, before, before?.incidentId ?? null, suppression);
      return;
    }
    const incident = this.#incidentOf(incoming, before);
    this.#record(incoming, before, incident?.incidentId ?? null, suppression);
  }

  plan(): CorrelationPlan {
    return {
      alerts: [...this.#alerts.values()].map((draft) => draft.write),
      openings: this.#openings,
      joins: this.#joins,
      members: [...this.#members.values()],
      newKeys: this.#newKeys,
      newNames: [...this.#newNames.values()],
      cases: this.#cases,
      triggered: [...this.#triggered.values()],
      staleCount: this.#staleCount,
      quietCount: this.#quietCount,
      droppedKeyCount: this.#droppedKeyCount,
    };
  }

  /** The suppression that holds now: the alert's own, or for a new alert that of its rule and group. */
  #suppression(
    incoming: IncomingAlert,
    before: KnownAlert | undefined,
  ): { until: number | null; reason: string | null } {
    const own = before?.suppressedUntil ?? null;
    if (own !== null && own > this.#nowMs) return { until: own, reason: null };
    const shared = this.#known.suppressions.get(incoming.repeatKey);
    if (before === undefined && shared !== undefined && shared.until > this.#nowMs) return shared;
    return { until: null, reason: null };
  }

  /** The incident the alert counts toward now; undefined when it only repeats what an ended one has. */
  #incidentOf(incoming: IncomingAlert, before: KnownAlert | undefined): IncidentDraft | undefined {
    const present =
      before === undefined || before.incidentId === null
        ? undefined
        : this.#incidents.get(before.incidentId);
    if (present !== undefined && before !== undefined) {
      if (isOpenIncident(present.status)) return this.#grow(present, incoming);
      // An ended incident swallows nothing: an episode that goes on after it is a recurrence.
      if (incoming.lastAt <= before.lastEventAt) return present;
    }
    return this.#joinOrOpen(incoming, present);
  }

  #joinOrOpen(incoming: IncomingAlert, ended: IncidentDraft | undefined): IncidentDraft {
    const joiner = {
      firstAt: incoming.firstAt,
      lastAt: incoming.lastAt,
      keys: incoming.names.keys,
    };
    const matches = openMatches(joiner, this.#incidents.values());
    const best = matches.find((match) => hasRoom(match.incident));
    if (best !== undefined) return this.#join(incoming, best, matches);
    const previous =
      ended ?? matches[0]?.incident ?? previousIncident(joiner, this.#incidents.values());
    return this.#open(incoming, previous, ended !== undefined);
  }

  #join(
    incoming: IncomingAlert,
    best: Match<IncidentDraft>,
    matches: readonly Match<IncidentDraft>[],
  ): IncidentDraft {
    const incident = best.incident;
    incident.alertCount += 1;
    this.#joins.push({
      incidentId: incident.incidentId,
      incoming,
      opened: false,
      shared: best.shared,
      alsoMatches: matches
        .filter((match) => match !== best)
        .slice(0, 10)
        .map((match) => match.incident.incidentId),
    });
    this.#grow(incident, incoming);
    this.#openCase(incident, incoming, true);
    return incident;
  }

  #open(
    incoming: IncomingAlert,
    previous: IncidentDraft | undefined,
    again: boolean,
  ): IncidentDraft {
    const alertId = incoming.alert.alert_id;
    const incidentKey =
      again && previous !== undefined
        ? `alert:${alertId}:after:${previous.incidentId}`
        : `alert:${alertId}`;
    const incident: IncidentDraft = {
      incidentId: this.#derive('incident', incidentKey),
      status: 'new',
      firstAlertAt: incoming.firstAt,
      lastAlertAt: incoming.lastAt,
      alertCount: 1,
      keys: new Set(),
      keyCount: 0,
      openCaseId: null,
      hadCase: false,
    };
    assert(!this.#incidents.has(incident.incidentId), 'an incident key is opened once');
    this.#incidents.set(incident.incidentId, incident);
    this.#openings.push({
      incidentId: incident.incidentId,
      incidentKey,
      opener: incoming,
      previousIncidentId: previous?.incidentId ?? null,
    });
    const { incidentId } = incident;
    this.#joins.push({ incidentId, incoming, opened: true, shared: [], alsoMatches: [] });
    this.#grow(incident, incoming);
    this.#openCase(incident, incoming, true);
    return incident;
  }

  /** Takes an alert's newest state into its open incident. */
  #grow(incident: IncidentDraft, incoming: IncomingAlert): IncidentDraft {
    incident.firstAlertAt = Math.min(incident.firstAlertAt, incoming.firstAt);
    incident.lastAlertAt = Math.max(incident.lastAlertAt, incoming.lastAt);
    const { incidentId } = incident;
    this.#members.set(`${incidentId}/${incoming.alert.alert_id}`, { incidentId, incoming });
    for (const key of incoming.names.keys) this.#addKey(incident, key);
    for (const kind of ['actors', 'hosts', 'srcIps'] as const) {
      for (const name of incoming.names[kind]) {
        this.#newNames.set(JSON.stringify([incidentId, kind, name]), { incidentId, kind, name });
      }
    }
    this.#openCase(incident, incoming, false);
    return incident;
  }

  #addKey(incident: IncidentDraft, key: string): void {
    if (incident.keys.has(key)) return;
    if (incident.keyCount >= INCIDENT_KEYS_MAX) {
      this.#droppedKeyCount += 1;
      return;
    }
    incident.keys.add(key);
    incident.keyCount += 1;
    this.#newKeys.push({ incidentId: incident.incidentId, key });
  }

  /** At most one open case an incident; after people closed it, a further alert opens another, a repeat does not. */
  #openCase(incident: IncidentDraft, incoming: IncomingAlert, joined: boolean): void {
    if (incoming.alert.severity < CASE_SEVERITY_MIN || incident.openCaseId !== null) return;
    if (incident.hadCase && !joined) return;
    const caseId = this.#derive('case', `${incident.incidentId}/${incoming.alert.alert_id}`);
    this.#cases.push({ caseId, incidentId: incident.incidentId, opener: incoming });
    incident.openCaseId = caseId;
    incident.hadCase = true;
  }

  #record(
    incoming: IncomingAlert,
    before: KnownAlert | undefined,
    incidentId: string | null,
    suppression: { until: number | null; reason: string | null },
  ): void {
    const alertId = incoming.alert.alert_id;
    const stored = this.#stored.get(alertId);
    const first = this.#alerts.get(alertId)?.write;
    const isNew = stored === undefined;
    const write = {
      incoming,
      isNew,
      incidentId,
      suppressedUntil: isNew ? (first?.suppressedUntil ?? suppression.until) : null,
      suppressReason: isNew ? (first?.suppressReason ?? suppression.reason) : null,
    };
    const known: KnownAlert = {
      alertId,
      revision: incoming.alert.revision,
      status: before?.status ?? 'new',
      incidentId,
      suppressedUntil: before?.suppressedUntil ?? suppression.until,
      lastEventAt: incoming.lastAt,
    };
    this.#alerts.set(alertId, { known, write });
    const told = before?.incidentId ?? null;
    if (incidentId !== null && told === null) this.#triggered.set(alertId, incoming);
  }

  #derive(kind: string, name: string): string {
    return uuidV5(TOCSIN_NAMESPACE, `${kind}/${this.#tenantId}/${name}`);
  }
}
