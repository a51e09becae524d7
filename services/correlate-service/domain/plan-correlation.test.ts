import { assert } from '@tocsin/kernel/assert.ts';
import { isTenantId, type TenantId } from '@tocsin/kernel/tenant-id.ts';
import { describe, expect, it } from 'vitest';
import { alertId, DAY, HOUR, MINUTE, scoredAlert } from '../testing/scored-alerts.ts';
import { INCIDENT_ALERTS_MAX } from './choose-incident.ts';
import type { IncomingAlert } from './correlation-plan.ts';
import type { KnownAlert, KnownIncident, KnownState } from './known-state.ts';
import { parseScoredAlert } from './parse-scored-alert.ts';
import { INCIDENT_KEYS_MAX, planCorrelation } from './plan-correlation.ts';

const NOW = DAY + 13 * HOUR;

function acme(): TenantId {
  const name = 'acme-corp';
  assert(isTenantId(name), 'a valid tenant id');
  return name;
}

function incoming(name: string, change: Parameters<typeof scoredAlert>[1] = {}): IncomingAlert {
  const parsed = parseScoredAlert(JSON.stringify(scoredAlert(name, change)), acme());
  assert(parsed.kind === 'alert', 'a test alert is valid');
  return parsed.incoming;
}

function knownIncident(change: Partial<KnownIncident> = {}): KnownIncident {
  return {
    incidentId: alertId('incident'),
    status: 'new',
    firstAlertAt: DAY + 12 * HOUR,
    lastAlertAt: DAY + 12 * HOUR,
    alertCount: 1,
    keys: ['actor:bob'],
    keyCount: 1,
    openCaseId: null,
    hadCase: false,
    ...change,
  };
}

function knownAlert(name: string, change: Partial<KnownAlert> = {}): KnownAlert {
  return {
    alertId: alertId(name),
    revision: 1,
    status: 'new',
    incidentId: alertId('incident'),
    suppressedUntil: null,
    lastEventAt: DAY + 12 * HOUR + MINUTE,
    ...change,
  };
}

function plan(alerts: readonly IncomingAlert[], known: Partial<KnownState> = {}) {
  const state = { alerts: [], incidents: [], suppressions: new Map(), ...known };
  return planCorrelation(acme(), alerts, state, NOW);
}

describe('deciding what scored alerts change', () => {
  it('changes nothing for a revision that is stored, or older', () => {
    const known = { alerts: [knownAlert('a', { revision: 3 })], incidents: [knownIncident()] };
    const decided = plan([incoming('a', { revision: 3 }), incoming('a', { revision: 2 })], known);
    expect(decided).toMatchObject({ alerts: [], joins: [], cases: [], staleCount: 2 });
  });

  it('opens a case from severity 8 on (X-10)', () => {
    expect(plan([incoming('a', { severity: 7 })]).cases).toHaveLength(0);
    expect(plan([incoming('a', { severity: 8 })]).cases).toHaveLength(1);
  });

  it('opens a case when a later revision becomes severe', () => {
    const known = { alerts: [knownAlert('a')], incidents: [knownIncident()] };
    expect(plan([incoming('a', { revision: 2, severity: 9 })], known).cases).toHaveLength(1);
  });

  it('opens no second case while one is open, nor for a repeat after people closed it', () => {
    const open = [knownIncident({ openCaseId: alertId('case'), hadCase: true })];
    expect(plan([incoming('b')], { incidents: open }).cases).toHaveLength(0);
    const ended = [knownIncident({ hadCase: true })];
    const repeat = { alerts: [knownAlert('a')], incidents: ended };
    expect(plan([incoming('a', { revision: 2 })], repeat).cases).toHaveLength(0);
    expect(plan([incoming('b')], { incidents: ended }).cases).toHaveLength(1);
  });

  it('opens one case for many severe alerts of one batch', () => {
    expect(plan([incoming('a'), incoming('b'), incoming('c')]).cases).toHaveLength(1);
  });

  it('only counts further events of an alert that people called a false positive', () => {
    const quiet = knownAlert('a', { status: 'false_positive' });
    const known = { alerts: [quiet], incidents: [knownIncident({ status: 'closed' })] };
    const later = incoming('a', { revision: 2, last_event_at: '2026-01-01T12:50:00.000Z' });
    const decided = plan([later], known);
    expect(decided).toMatchObject({ openings: [], joins: [], quietCount: 1 });
    expect(decided.alerts).toMatchObject([{ incidentId: alertId('incident') }]);
  });

  it('opens a new incident linked to a full one', () => {
    const full = knownIncident({ alertCount: INCIDENT_ALERTS_MAX });
    const decided = plan([incoming('b')], { incidents: [full] });
    expect(decided.openings).toMatchObject([{ previousIncidentId: full.incidentId }]);
    const room = knownIncident({ alertCount: INCIDENT_ALERTS_MAX - 1 });
    expect(plan([incoming('b')], { incidents: [room] }).openings).toHaveLength(0);
  });

  it('ties by no more names than an incident may have, and counts what it left out', () => {
    const full = knownIncident({ keyCount: INCIDENT_KEYS_MAX - 1 });
    const decided = plan([incoming('b')], { incidents: [full] });
    expect(decided.newKeys).toHaveLength(1);
    expect(decided.droppedKeyCount).toBeGreaterThan(0);
  });

  it('notes the further open incidents that an alert would have fitted, and merges none', () => {
    const one = knownIncident();
    const two = knownIncident({ incidentId: alertId('two'), keys: ['host:web-1'] });
    const decided = plan([incoming('b')], { incidents: [one, two] });
    expect(decided.joins).toHaveLength(1);
    expect(decided.joins[0]?.alsoMatches).toHaveLength(1);
  });

  it('gives an incident and a case the same ids each time it decides', () => {
    expect(plan([incoming('a')])).toEqual(plan([incoming('a')]));
  });
});
