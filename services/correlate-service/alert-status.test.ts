import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setAlertStatus } from './alert-status.ts';
import { type CorrelateBench, openCorrelateBench } from './testing/correlate-bench.ts';
import { alertId, scoredAlert } from './testing/scored-alerts.ts';

let bench: CorrelateBench;

beforeAll(async () => {
  bench = await openCorrelateBench();
});
afterAll(() => bench.db.drop());

describe('setting a status without its version', () => {
  it('goes one step, or reopens on the way, each with audit and timeline', async () => {
    await bench.send([[scoredAlert('one')]]);
    const tenant = bench.tenant();
    const deps = { database: bench.db.database, world: bench.world };
    const to = async (status: 'new' | 'resolved' | 'investigating') =>
      (await setAlertStatus(deps, tenant, alertId('one'), status, 'request')).status;
    expect(await to('investigating')).toBe('investigating');
    expect(await to('investigating')).toBe('investigating');
    expect(await to('resolved')).toBe('resolved');
    expect(await to('investigating')).toBe('investigating');
    await expect(to('new')).rejects.toMatchObject({ code: 'illegal_transition' });
    const audited = await bench.sql((tx) =>
      tx.selectFrom('audit_log').selectAll().where('action', '=', 'alert.change').execute(),
    );
    expect(audited).toHaveLength(4);
    const entries = await bench.sql((tx) =>
      tx.selectFrom('incident_timeline').selectAll().where('kind', '=', 'alert_changed').execute(),
    );
    expect(entries).toHaveLength(4);
  });

  it("gives 404 for an alert that is not the tenant's", async () => {
    const deps = { database: bench.db.database, world: bench.world };
    const asked = setAlertStatus(deps, bench.tenant('umbrella'), alertId('one'), 'new', 'r');
    await expect(asked).rejects.toMatchObject({ code: 'not_found' });
  });
});
