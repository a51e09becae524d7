import type { ScoredAlert } from '@tocsin/contracts/alert.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlertCoalescer } from './alert-coalescer.ts';

const alert = (id: string, revision: number): ScoredAlert => ({
  tenant_id: 'acme-corp',
  alert_id: id,
  revision,
  rule_id: 'r',
  rule_name: 'r',
  rule_version: 1,
  severity: 5,
  title: '',
  description: '',
  first_event_at: '',
  last_event_at: '',
  event_count: revision,
  total: revision,
  related_events: [],
  group: {},
  category: 'auth',
  src_ips: [],
  hosts: [],
  tags: [],
  storm: false,
});

describe('AlertCoalescer', () => {
  it('lets a first state out at once', () => {
    expect(new AlertCoalescer().offer(alert('a', 3), 0)?.revision).toBe(3);
  });

  it('holds an update back until a second has passed since the last one out', () => {
    const coalescer = new AlertCoalescer();
    coalescer.offer(alert('a', 1), 0);
    expect(coalescer.offer(alert('a', 2), 999)).toBeUndefined();
    expect(coalescer.due(999)).toEqual([]);
    expect(coalescer.due(1000)).toMatchObject([{ revision: 2 }]);
    expect(coalescer.offer(alert('a', 3), 1999)).toBeUndefined();
    expect(coalescer.offer(alert('a', 4), 2000)).toMatchObject({ revision: 4 });
    expect(coalescer.flush(2000)).toEqual([]);
  });

  it('does not let an older state replace a newer one that it holds', () => {
    const coalescer = new AlertCoalescer();
    coalescer.offer(alert('a', 1), 0);
    coalescer.offer(alert('a', 5), 1);
    coalescer.offer(alert('a', 4), 2);
    expect(coalescer.flush(3)).toMatchObject([{ revision: 5 }]);
  });

  it('forgets alerts that are quiet', () => {
    const coalescer = new AlertCoalescer();
    coalescer.offer(alert('a', 1), 0);
    coalescer.due(1000);
    expect(coalescer.size).toBe(0);
  });

  it('at its limit lets updates out at once and drops none', () => {
    const coalescer = new AlertCoalescer(1);
    coalescer.offer(alert('a', 1), 0);
    expect(coalescer.offer(alert('b', 1), 0)).toBeDefined();
    expect(coalescer.offer(alert('b', 2), 1)?.revision).toBe(2);
    expect(coalescer.size).toBe(1);
  });

  it('never loses the last state of an alert, and sends none twice a second', () => {
    const offers = fc.array(
      fc.record({
        id: fc.constantFrom('a', 'b', 'c'),
        wait: fc.integer({ min: 0, max: 700 }),
        look: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(offers, (sequence) => {
        const coalescer = new AlertCoalescer();
        const last = new Map<string, number>();
        const out = new Map<string, { revision: number; at: number }>();
        let now = 0;
        const send = (one: ScoredAlert | undefined, last_: boolean): void => {
          if (one === undefined) return;
          const before = out.get(one.alert_id);
          if (before !== undefined && !last_) expect(now - before.at).toBeGreaterThanOrEqual(1000);
          out.set(one.alert_id, { revision: one.revision, at: now });
        };
        for (const [index, { id, wait, look }] of sequence.entries()) {
          now += wait;
          if (look) for (const one of coalescer.due(now)) send(one, false);
          send(coalescer.offer(alert(id, index + 1), now), false);
          last.set(id, index + 1);
        }
        for (const one of coalescer.flush(now)) send(one, true);
        for (const [id, revision] of last) expect(out.get(id)?.revision).toBe(revision);
      }),
    );
  });
});
