import { ALERT_STATUSES } from '@tocsin/contracts/alert.ts';
import { INCIDENT_STATUSES } from '@tocsin/contracts/incident.ts';
import type { TransitionTable } from '@tocsin/kernel/transition.ts';
import { describe, expect, it } from 'vitest';
import { ALERT_TRANSITIONS } from './alert-transitions.ts';
import { INCIDENT_TRANSITIONS, isOpenIncident } from './incident-transitions.ts';

function reach<Status extends string>(table: TransitionTable<Status>, from: Status): Set<Status> {
  const seen = new Set<Status>([from]);
  for (const status of seen) for (const next of table[status]) seen.add(next);
  return seen;
}

describe('statuses of alerts and incidents (Resolution 8)', () => {
  it('lists no step from a status to itself', () => {
    for (const from of ALERT_STATUSES) expect(ALERT_TRANSITIONS[from]).not.toContain(from);
    for (const from of INCIDENT_STATUSES) expect(INCIDENT_TRANSITIONS[from]).not.toContain(from);
  });

  it('leaves no status without a way on', () => {
    for (const from of ALERT_STATUSES) {
      expect(reach(ALERT_TRANSITIONS, from).size).toBe(ALERT_STATUSES.length);
    }
    for (const from of INCIDENT_STATUSES) {
      expect(reach(INCIDENT_TRANSITIONS, from).size).toBe(INCIDENT_STATUSES.length);
    }
  });

  it('reopens to new only', () => {
    for (const from of ['resolved', 'false_positive'] as const) {
      const open = ALERT_TRANSITIONS[from].filter((to) => to !== 'false_positive');
      expect(open).toEqual(['new']);
    }
    for (const from of INCIDENT_STATUSES.filter((status) => !isOpenIncident(status))) {
      expect(INCIDENT_TRANSITIONS[from].filter(isOpenIncident)).toEqual(['new']);
    }
  });
});
