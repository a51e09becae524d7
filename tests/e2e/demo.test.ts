import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedDemo } from '../../apps/tocsin/demo/demo-events.ts';
import { type CommandResult, freshHome, tocsin } from './harness.ts';

describe('tocsin demo --exit --json', () => {
  let home = '';
  let result: CommandResult;

  beforeAll(async () => {
    home = await freshHome();
    result = await tocsin(['demo', '--exit', '--json', '--home', home]);
  });

  afterAll(() => rm(home, { recursive: true, force: true }));

  it('exits with 0 and prints one JSON summary (A-098)', () => {
    expect(result.stderr).not.toContain('not as expected');
    expect(result.status).toBe(0);
    expect(JSON.parse(result.stdout)).toMatchObject({
      ok: true,
      faults: [],
      tenant_id: 'acme-corp',
    });
  });

  it('stores every event it sent', () => {
    const { events } = JSON.parse(result.stdout);
    expect(events.sent).toBeGreaterThanOrEqual(5_000);
    expect(events.stored).toBe(events.sent);
  });

  it('shows the expected alerts, one incident and one case (A-098, A-099)', () => {
    const { alerts, incidents, cases } = JSON.parse(result.stdout);
    const rules = (alerts as { rule_id: string }[]).map(({ rule_id }) => rule_id).sort();
    const expected = expectedDemo.alerts.flatMap(({ ruleId, alerts }) =>
      Array(alerts).fill(ruleId),
    );
    expect(rules).toEqual(expected.sort());
    expect(incidents).toHaveLength(1);
    expect(incidents[0].alert_count).toBe(alerts.length);
    expect(cases).toHaveLength(1);
    expect(cases[0]).toMatchObject({ status: 'open' });
  });
});
