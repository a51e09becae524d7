import type { IncidentStatus } from '@tocsin/contracts/incident.ts';
import type {
  CorrelationPlan,
  IncomingAlert,
} from '@tocsin/correlate-service/domain/correlation-plan.ts';
import type {
  KnownAlert,
  KnownIncident,
  KnownState,
} from '@tocsin/correlate-service/domain/known-state.ts';
import { planCorrelation } from '@tocsin/correlate-service/domain/plan-correlation.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { Life, Machine } from './machine.ts';
import type { PipelineBreak } from './pipeline-breaks.ts';

interface AlertRow {
  readonly known: KnownAlert;
  readonly incoming: IncomingAlert;
}

interface IncidentRow {
  readonly status: IncidentStatus;
  readonly alerts: Map<string, IncomingAlert>;
  readonly keys: Set<string>;
}

/** The tables of the workflow. A transaction takes effect whole, not at all, or whole without anybody hearing of it. */
export class SimDatabase {
  readonly alerts = new Map<string, AlertRow>();
  readonly incidents = new Map<string, IncidentRow>();
  readonly cases: { readonly caseId: string; readonly incidentId: string }[] = [];
  /** False while it is down: every call fails. */
  up = true;
  readonly #machine: Machine;
  readonly #broken: PipelineBreak | undefined;

  constructor(machine: Machine, broken: PipelineBreak | undefined) {
    this.#machine = machine;
    this.#broken = broken;
  }

  /** What the correlator does with a batch, in one transaction. */
  async correlate(
    life: Life,
    tenantId: TenantId,
    incoming: readonly IncomingAlert[],
    now: number,
  ): Promise<void> {
    const known = await this.#call(life, 'db read', () => this.#known());
    const plan = planCorrelation(tenantId, incoming, known, now);
    if (this.#broken === 'case-beside-commit')
      await this.#call(life, 'db case', () => this.#openCases(plan));
    await this.#call(life, 'db commit', () => this.#apply(plan));
    const { hostile, odds } = this.#machine;
    if (hostile && this.#machine.chance(odds.answerLost)) throw gone();
  }

  #call<Value>(life: Life, name: string, effect: () => Value): Promise<Value> {
    return this.#machine.call(life, name, () => {
      const { hostile, odds } = this.#machine;
      if (!this.up || (hostile && this.#machine.chance(odds.databaseFails))) throw gone();
      return effect();
    });
  }

  #known(): KnownState {
    const alerts = [...this.alerts.values()].map(({ known }) => known);
    return {
      alerts,
      incidents: [...this.incidents.keys()].map((id) => this.#incident(id)),
      suppressions: new Map(),
    };
  }

  #incident(incidentId: string): KnownIncident {
    const row = this.incidents.get(incidentId);
    const members = [...(row?.alerts.values() ?? [])];
    const cases = this.cases.filter((one) => one.incidentId === incidentId);
    return {
      incidentId,
      status: row?.status ?? 'new',
      firstAlertAt: Math.min(...members.map(({ firstAt }) => firstAt)),
      lastAlertAt: Math.max(...members.map(({ lastAt }) => lastAt)),
      alertCount: members.length,
      keys: [...(row?.keys ?? [])],
      keyCount: row?.keys.size ?? 0,
      openCaseId: cases[0]?.caseId ?? null,
      hadCase: cases.length > 0,
    };
  }

  #apply(plan: CorrelationPlan): void {
    for (const { incidentId } of plan.openings)
      this.incidents.set(incidentId, { status: 'new', alerts: new Map(), keys: new Set() });
    for (const { incidentId, incoming } of plan.members)
      this.incidents.get(incidentId)?.alerts.set(incoming.alert.alert_id, incoming);
    for (const { incidentId, key } of plan.newKeys) this.incidents.get(incidentId)?.keys.add(key);
    for (const { incoming, incidentId } of plan.alerts) {
      const { alert_id: alertId, revision } = incoming.alert;
      const status = 'new';
      const { lastAt: lastEventAt } = incoming;
      const known = {
        alertId,
        revision,
        status,
        incidentId,
        suppressedUntil: null,
        lastEventAt,
      } as const;
      this.alerts.set(alertId, { known, incoming });
    }
    if (this.#broken !== 'case-beside-commit') this.#openCases(plan);
  }

  #openCases({ cases }: CorrelationPlan): void {
    for (const { caseId, incidentId } of cases) this.cases.push({ caseId, incidentId });
  }
}

function gone(): Problem {
  return new Problem('unavailable', { detail: 'the database is gone' });
}
