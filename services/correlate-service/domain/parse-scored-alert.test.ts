import { assert } from '@tocsin/kernel/assert.ts';
import { isTenantId, type TenantId } from '@tocsin/kernel/tenant-id.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoredAlert } from '../testing/scored-alerts.ts';
import { ALERT_LIST_MAX, ALERT_TITLE_MAX, parseScoredAlert } from './parse-scored-alert.ts';

function acme(): TenantId {
  const name = 'acme-corp';
  assert(isTenantId(name), 'a valid tenant id');
  return name;
}

function parse(change: object) {
  return parseScoredAlert(JSON.stringify({ ...scoredAlert('a'), ...change }), acme());
}

describe('reading a scored alert', () => {
  it.each([
    ['a foreign tenant', { tenant_id: 'other-corp' }],
    ['an id that is no UUID', { alert_id: 'a' }],
    ['a severity of 11', { severity: 11 }],
    ['a time that is none', { first_event_at: 'yesterday' }],
    ['a time past year 9999', { last_event_at: '+100000-01-01T00:00:00Z' }],
    ['an end before its start', { last_event_at: '2020-01-01T00:00:00Z' }],
    ['a revision past the range', { revision: 3_000_000_000 }],
    ['a missing group', { group: undefined }],
  ])('refuses %s', (_, change) => {
    expect(parse(change)).toMatchObject({ kind: 'fault' });
  });

  it('refuses a total past the range of numbers', () => {
    const line = JSON.stringify(scoredAlert('a')).replace('"total":10', '"total":1e999');
    expect(parseScoredAlert(line, acme())).toMatchObject({ kind: 'fault' });
  });

  it('cuts what is too long instead of losing the alert', () => {
    const parsed = parse({
      title: 'x'.repeat(ALERT_TITLE_MAX + 1),
      hosts: Array.from({ length: ALERT_LIST_MAX + 1 }, (_, index) => `h${index}`),
    });
    assert(parsed.kind === 'alert', 'it is an alert');
    expect(parsed.incoming.alert.title).toHaveLength(ALERT_TITLE_MAX);
    expect(parsed.incoming.alert.hosts).toHaveLength(ALERT_LIST_MAX);
  });

  it('never throws, and gives texts that PostgreSQL can hold', () => {
    const change = fc.record({
      title: fc.string({ unit: 'binary' }),
      group: fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })),
      hosts: fc.array(fc.string({ unit: 'binary' })),
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          change.map((it) => JSON.stringify({ ...scoredAlert('a'), ...it })),
        ),
        (line) => {
          const parsed = parseScoredAlert(line, acme());
          if (parsed.kind === 'fault') return;
          const text = JSON.stringify(parsed.incoming.alert);
          expect(text).not.toContain('\\u0000');
          expect(text).not.toMatch(/\\ud[89a-f]/i);
        },
      ),
    );
  });
});
