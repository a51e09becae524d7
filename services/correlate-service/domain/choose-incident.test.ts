import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../testing/scored-alerts.ts';
import {
  type Candidate,
  hasRoom,
  INCIDENT_ALERTS_MAX,
  JOIN_WINDOW_MS,
  openMatches,
  previousIncident,
  RECURRENCE_WINDOW_MS,
} from './choose-incident.ts';

const AT = DAY + 12 * HOUR;

function incident(incidentId: string, keys: string[], change: Partial<Candidate> = {}): Candidate {
  return {
    incidentId,
    status: 'new',
    firstAlertAt: AT,
    lastAlertAt: AT,
    alertCount: 1,
    keys: new Set(keys),
    ...change,
  };
}

const alert = { firstAt: AT, lastAt: AT, keys: ['actor:bob', 'host:web-1', 'ip:203.0.113.7'] };

function best(...candidates: Candidate[]): string | undefined {
  return openMatches(alert, candidates)[0]?.incident.incidentId;
}

describe('the open incident that an alert joins', () => {
  it('is the one with most names in common', () => {
    const one = incident('a', ['actor:bob'], { lastAlertAt: AT + HOUR });
    const two = incident('b', ['host:web-1', 'ip:203.0.113.7']);
    expect(best(one, two)).toBe('b');
  });

  it('is, among equals, the one with the newest last alert', () => {
    const older = incident('a', ['actor:bob']);
    const newer = incident('b', ['host:web-1'], { lastAlertAt: AT + 1 });
    expect(best(older, newer)).toBe('b');
  });

  it('is, among equals of the same age, the one with the smaller id', () => {
    expect(best(incident('b', ['actor:bob']), incident('a', ['actor:bob']))).toBe('a');
  });

  it.each(['new', 'triaged', 'contained'] as const)('may be %s', (status) => {
    expect(best(incident('a', ['actor:bob'], { status }))).toBe('a');
  });

  it.each(['resolved', 'closed'] as const)('is never %s', (status) => {
    expect(best(incident('a', ['actor:bob'], { status }))).toBeUndefined();
  });

  it('may be 24 hours away in event time, and not a millisecond more, on both sides', () => {
    for (const sign of [1, -1]) {
      const at = (ms: number) => ({ firstAlertAt: AT + sign * ms, lastAlertAt: AT + sign * ms });
      expect(best(incident('a', ['actor:bob'], at(JOIN_WINDOW_MS)))).toBe('a');
      expect(best(incident('a', ['actor:bob'], at(JOIN_WINDOW_MS + 1)))).toBeUndefined();
    }
  });

  it('has room below the most alerts an incident may have', () => {
    const full = { alertCount: INCIDENT_ALERTS_MAX };
    expect(hasRoom(incident('a', [], { alertCount: INCIDENT_ALERTS_MAX - 1 }))).toBe(true);
    expect(hasRoom(incident('a', [], full))).toBe(false);
  });
});

describe('the ended incident that recurs', () => {
  const closed = { status: 'closed' } as const;

  it('is the one with the newest last alert that shares a name', () => {
    const older = incident('a', ['actor:bob', 'host:web-1'], { ...closed, lastAlertAt: AT - HOUR });
    const newer = incident('b', ['actor:bob'], closed);
    const other = incident('c', ['actor:eve'], { ...closed, lastAlertAt: AT + HOUR });
    expect(previousIncident(alert, [older, newer, other])?.incidentId).toBe('b');
  });

  it('is at most 30 days old, and not open', () => {
    const edge = incident('a', ['actor:bob'], {
      ...closed,
      lastAlertAt: AT - RECURRENCE_WINDOW_MS,
    });
    const past = { ...closed, lastAlertAt: AT - RECURRENCE_WINDOW_MS - 1 };
    expect(previousIncident(alert, [edge])?.incidentId).toBe('a');
    expect(previousIncident(alert, [incident('a', ['actor:bob'], past)])).toBeUndefined();
    expect(previousIncident(alert, [incident('a', ['actor:bob'])])).toBeUndefined();
  });
});
