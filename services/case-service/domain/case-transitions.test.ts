import { CASE_STATUSES, type CaseStatus } from '@tocsin/contracts/case.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { checkTransition } from '@tocsin/kernel/transition.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesOf } from './case-change.ts';
import { CASE_TRANSITIONS, isOpenCase } from './case-transitions.ts';

const status = fc.constantFrom(...CASE_STATUSES);
const now = new Date('2026-01-01T00:00:00.000Z');

function caseWith(given: CaseStatus, resolved_at: Date | null) {
  const plain = { title: 't', description: '', severity: 5, assigned_to: null, metadata: {} };
  return { ...plain, status: given, resolved_at };
}

describe('statuses of a case (A-065)', () => {
  it('reopens to open only', () => {
    for (const from of CASE_STATUSES.filter((one) => !isOpenCase(one))) {
      expect(CASE_TRANSITIONS[from].filter(isOpenCase)).toEqual(['open']);
    }
  });

  it('reaches every status from open, and open from every status', () => {
    const reach = (from: CaseStatus, seen = new Set<CaseStatus>([from])): Set<CaseStatus> => {
      for (const next of CASE_TRANSITIONS[from]) if (!seen.has(next)) reach(next, seen.add(next));
      return seen;
    };
    for (const from of CASE_STATUSES) expect(reach(from).size).toBe(CASE_STATUSES.length);
  });

  it('refuses what the table does not list with 409 and the allowed statuses', () => {
    fc.assert(
      fc.property(status, status, (from, to) => {
        const legal = from === to || CASE_TRANSITIONS[from].includes(to);
        const step = () => checkTransition(CASE_TRANSITIONS, from, to);
        if (legal) return step();
        try {
          step();
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
          expect(error).toMatchObject({
            status: 409,
            members: { allowed: CASE_TRANSITIONS[from] },
          });
          return undefined;
        }
        throw new Error('not refused');
      }),
    );
  });

  it('has resolved_at exactly while it is ended, whatever legal steps were taken', () => {
    fc.assert(
      fc.property(fc.array(status, { maxLength: 20 }), (wanted) => {
        let present = caseWith('open', null);
        for (const to of wanted) {
          if (to !== present.status && !CASE_TRANSITIONS[present.status].includes(to)) continue;
          const change = changesOf(present, { status: to }, now);
          if (change === undefined) continue;
          present = caseWith(change.status ?? present.status, change.resolved_at ?? null);
          expect(present.resolved_at !== null).toBe(!isOpenCase(present.status));
        }
      }),
    );
  });

  it('changes nothing when the case is already as asked', () => {
    expect(changesOf(caseWith('open', null), { status: 'open', title: 't' }, now)).toBeUndefined();
  });
});
