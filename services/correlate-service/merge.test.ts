import { type TestServer, testServer } from '@tocsin/http/testing/test-server.ts';
import { PostgresSearchStore } from '@tocsin/search/postgres/postgres-search-store.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCorrelateService } from './service.ts';
import { type CorrelateBench, openCorrelateBench } from './testing/correlate-bench.ts';
import { alertId, scoredAlert } from './testing/scored-alerts.ts';

let bench: CorrelateBench;
let api: TestServer;

beforeAll(async () => {
  bench = await openCorrelateBench();
  const { database } = bench.db;
  const service = createCorrelateService({
    database,
    search: new PostgresSearchStore(database, bench.clock),
    world: bench.world,
    metrics: new Metrics('test'),
  });
  api = await testServer(service.routes, { world: bench.world });
});
afterAll(async () => {
  await api.server.close();
  await bench.db.drop();
});

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of tests are looked into
  readonly body: any;
  readonly etag: string;
}

async function call(
  method: 'GET' | 'POST' | 'PATCH',
  url: string,
  tenant: string,
  body?: object,
  etag?: string,
): Promise<Answer> {
  const answer = await api.server.app.inject({
    method,
    url,
    headers: {
      ...(await api.headers({ tenant })),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(etag === undefined ? {} : { 'if-match': etag }),
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return { status: answer.statusCode, body: answer.json(), etag: String(answer.headers['etag']) };
}

let tenants = 0;

/** A tenant with alerts of unrelated people, one incident each. */
async function strangers(...names: readonly string[]) {
  tenants += 1;
  const tenant = `merge-${tenants}`;
  const incidents: string[] = [];
  for (const name of names) {
    await send(tenant, name);
    const { body } = await call('GET', `/v1/alerts/${alertId(`${tenant}/${name}`)}`, tenant);
    incidents.push(String(body.incident_id));
  }
  expect(new Set(incidents).size).toBe(names.length);
  return { tenant, incidents };
}

async function send(tenant: string, name: string, change: object = {}): Promise<void> {
  const alert = scoredAlert(`${tenant}/${name}`, {
    tenant_id: tenant,
    actor: { type: 'user', id: name, name },
    hosts: [`host-of-${name}`],
    src_ips: [],
    group: { 'actor.id': name },
    ...change,
  });
  await bench.send([[alert]], tenant);
}

const etagOf = async (tenant: string, id: string) =>
  (await call('GET', `/v1/incidents/${id}`, tenant)).etag;

async function merge(tenant: string, target: string, ...sources: readonly string[]) {
  const body = { incident_ids: sources, reason: 'one attack' };
  return call('POST', `/v1/incidents/${target}/merge`, tenant, body, await etagOf(tenant, target));
}

async function unmerge(tenant: string, source: string) {
  return call('POST', `/v1/incidents/${source}/unmerge`, tenant, {}, await etagOf(tenant, source));
}

/** What an incident is, apart from when and how often it was changed. */
async function contents(tenant: string, id: string) {
  const { body } = await call('GET', `/v1/incidents/${id}`, tenant);
  const { timeline: _, version: __, updated_at: ___, modified_by: ____, ...rest } = body;
  return {
    ...rest,
    alerts: rest.alerts.map((alert: { alert_id: string; incident_id: string }) => [
      alert.alert_id,
      alert.incident_id,
    ]),
    cases: rest.cases.map((one: { id: string; incident_id: string }) => [one.id, one.incident_id]),
  };
}

/** Which alert is on which case. */
function links(tenant: string) {
  return bench.sql(
    (tx) =>
      tx
        .selectFrom('case_alerts')
        .select(['case_id', 'alert_id'])
        .orderBy('case_id')
        .orderBy('alert_id')
        .execute(),
    tenant,
  );
}

describe('merging incidents', () => {
  it('gives the target the alerts, names and times of the source, and closes the source', async () => {
    const { tenant, incidents } = await strangers('ann', 'ben');
    const [target = '', source = ''] = incidents;
    const { status, body } = await merge(tenant, target, source);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      alert_count: 2,
      merged_into: null,
      entities: { actors: ['ann', 'ben'], hosts: ['host-of-ann', 'host-of-ben'] },
    });
    const merged = (await call('GET', `/v1/incidents/${source}`, tenant)).body;
    expect(merged).toMatchObject({ status: 'closed', merged_into: target });
    const { body: alert } = await call('GET', `/v1/alerts/${alertId(`${tenant}/ben`)}`, tenant);
    expect(alert.incident_id).toBe(target);
  });

  it('lets later alerts that share a name with the source join the target', async () => {
    const { tenant, incidents } = await strangers('ann', 'ben');
    const [target = '', source = ''] = incidents;
    await merge(tenant, target, source);
    await send(tenant, 'ben-again', { actor: { type: 'user', id: 'ben', name: 'ben' } });
    const { body } = await call('GET', `/v1/alerts/${alertId(`${tenant}/ben-again`)}`, tenant);
    expect(body.incident_id).toBe(target);
  });

  it('is undone: both incidents, their alerts, names and cases are as before', async () => {
    const { tenant, incidents } = await strangers('ann', 'ben', 'cleo');
    const [target = ''] = incidents;
    const before = await Promise.all(incidents.map((id) => contents(tenant, id)));
    expect((await merge(tenant, target, ...incidents.slice(1))).status).toBe(200);
    for (const source of incidents.slice(1)) {
      expect((await unmerge(tenant, source)).status).toBe(200);
    }
    expect(await Promise.all(incidents.map((id) => contents(tenant, id)))).toEqual(before);
    await send(tenant, 'ben-again', { actor: { type: 'user', id: 'ben', name: 'ben' } });
    const { body } = await call('GET', `/v1/alerts/${alertId(`${tenant}/ben-again`)}`, tenant);
    expect(body.incident_id).toBe(incidents[1]);
  });

  it('moves an open case to a target without one, and back', async () => {
    tenants += 1;
    const tenant = `merge-${tenants}`;
    await send(tenant, 'ann', { severity: 3 });
    await send(tenant, 'ben', { severity: 8 });
    const of = async (name: string) =>
      String(
        (await call('GET', `/v1/alerts/${alertId(`${tenant}/${name}`)}`, tenant)).body.incident_id,
      );
    const [target, source] = [await of('ann'), await of('ben')];
    await merge(tenant, target, source);
    const after = await contents(tenant, target);
    expect(after.cases).toHaveLength(1);
    expect((await contents(tenant, source)).cases).toEqual([]);
    await unmerge(tenant, source);
    expect((await contents(tenant, target)).cases).toEqual([]);
    expect((await contents(tenant, source)).cases).toHaveLength(1);
  });

  it('is undone: the links that it made between cases and alerts go, those of people stay', async () => {
    const { tenant, incidents } = await strangers('ann', 'ben', 'cleo');
    const [target = '', ...sources] = incidents;
    const before = await links(tenant);
    expect(before).toHaveLength(3);
    await merge(tenant, target, ...sources);
    expect(await links(tenant)).toHaveLength(5);
    await unmerge(tenant, sources[0] ?? '');
    expect(await links(tenant)).toHaveLength(4);
    await unmerge(tenant, sources[1] ?? '');
    expect(await links(tenant)).toEqual(before);
    const audited = await bench.sql(
      (tx) =>
        tx.selectFrom('audit_log').selectAll().where('action', '=', 'case.unlink_alert').execute(),
      tenant,
    );
    expect(audited).toHaveLength(2);
  });

  it('is undone: a case that moved takes back only the alerts it had', async () => {
    tenants += 1;
    const tenant = `merge-${tenants}`;
    await send(tenant, 'ann', { severity: 3 });
    await send(tenant, 'ben', { severity: 8 });
    const before = await links(tenant);
    const rows = await bench.sql(
      (tx) => tx.selectFrom('alerts').select(['incident_id', 'severity']).execute(),
      tenant,
    );
    const of = (severity: number) =>
      rows.find((row) => row.severity === severity)?.incident_id ?? '';
    await merge(tenant, of(3), of(8));
    expect(await links(tenant)).toHaveLength(before.length + 1);
    await unmerge(tenant, of(8));
    expect(await links(tenant)).toEqual(before);
  });

  it('keeps an alert that joined the target after the merge in the target', async () => {
    const { tenant, incidents } = await strangers('ann', 'ben');
    const [target = '', source = ''] = incidents;
    await merge(tenant, target, source);
    await send(tenant, 'ben-again', { actor: { type: 'user', id: 'ben', name: 'ben' } });
    await unmerge(tenant, source);
    const { body } = await call('GET', `/v1/incidents/${target}`, tenant);
    expect(body.entities.actors).toEqual(['ann', 'ben']);
    expect(body.alert_count).toBe(2);
  });

  it('writes audit rows with before and after, timelines and messages of all incidents', async () => {
    const { tenant, incidents } = await strangers('ann', 'ben');
    const [target = '', source = ''] = incidents;
    await merge(tenant, target, source);
    await unmerge(tenant, source);
    const rows = await bench.db.database.inTenant(bench.tenant(tenant), (tx) =>
      tx.selectFrom('audit_log').selectAll().where('action', 'like', 'incident.%merge').execute(),
    );
    expect(rows).toHaveLength(4);
    for (const row of rows) {
      expect(row).toMatchObject({ actor: 'ada', object_type: 'incident' });
      expect(row.before).toMatchObject({ tenant_id: tenant });
      expect(row.after).toMatchObject({ tenant_id: tenant });
    }
    const { body } = await call('GET', `/v1/incidents/${target}`, tenant);
    const kinds = body.timeline.map((entry: { kind: string }) => entry.kind);
    expect(kinds).toEqual(expect.arrayContaining(['merged', 'unmerged']));
  });

  it('refuses what cannot be merged, and says why', async () => {
    const { tenant, incidents } = await strangers('ann', 'ben', 'cleo');
    const [target = '', source = '', third = ''] = incidents;
    expect((await merge(tenant, target, target)).status).toBe(400);
    const stale = await call('POST', `/v1/incidents/${target}/merge`, tenant, {
      incident_ids: [source],
    });
    expect(stale.status).toBe(428);
    await merge(tenant, target, source);
    expect(await merge(tenant, third, source)).toMatchObject({
      status: 409,
      body: { merged_into: target },
    });
    const patched = await call(
      'PATCH',
      `/v1/incidents/${source}`,
      tenant,
      { status: 'new' },
      await etagOf(tenant, source),
    );
    expect(patched.status).toBe(409);
    await merge(tenant, third, target);
    expect((await unmerge(tenant, source)).status).toBe(409);
    expect((await unmerge(tenant, third)).status).toBe(409);
    await unmerge(tenant, target);
    expect((await unmerge(tenant, source)).status).toBe(200);
  });

  it("answers another tenant's incident by 404, as target and as source (X-09)", async () => {
    const ours = await strangers('ann');
    const theirs = await strangers('ben');
    const [target = ''] = ours.incidents;
    const [foreign = ''] = theirs.incidents;
    expect((await merge(ours.tenant, target, foreign)).status).toBe(404);
    const body = { incident_ids: [target] };
    const url = `/v1/incidents/${foreign}/merge`;
    expect((await call('POST', url, ours.tenant, body, '*')).status).toBe(404);
    const undo = `/v1/incidents/${foreign}/unmerge`;
    expect((await call('POST', undo, ours.tenant, {}, '*')).status).toBe(404);
  });
});

describe('lists in an order', () => {
  it('page through alerts by severity, each once, and refuse a cursor of another order', async () => {
    const { tenant } = await strangers('ann', 'ben', 'cleo');
    await send(tenant, 'dan', { severity: 3 });
    await send(tenant, 'eve', { severity: 10 });
    const seen: number[] = [];
    let cursor = '';
    for (;;) {
      const { body } = await call('GET', `/v1/alerts?limit=2&sort=severity${cursor}`, tenant);
      seen.push(...body.items.map((item: { severity: number }) => item.severity));
      if (body.next_cursor === null) break;
      cursor = `&cursor=${encodeURIComponent(body.next_cursor)}`;
    }
    expect(seen).toEqual([10, 8, 8, 8, 3]);
    expect((await call('GET', `/v1/alerts?sort=newest${cursor}`, tenant)).status).toBe(400);
    const search = await call('GET', '/v1/alerts?sort=severity&q=ann', tenant);
    expect(search.status).toBe(400);
    const bySeverity = await call('GET', '/v1/incidents?sort=severity&limit=1', tenant);
    expect(bySeverity.body.items).toMatchObject([{ severity: 10 }]);
  });

  it('shows the fault of a search with its place in the text', async () => {
    const { tenant } = await strangers('ann');
    const { status, body } = await call(
      'GET',
      '/v1/alerts?q=actor.id:ann%20and%20nobody:x',
      tenant,
    );
    expect(status).toBe(400);
    expect(body.code).toBe('invalid_query');
    expect(body.detail).toContain('^');
  });
});
