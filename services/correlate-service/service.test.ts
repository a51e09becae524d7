import { type TestServer, testServer } from '@tocsin/http/testing/test-server.ts';
import { PostgresSearchStore } from '@tocsin/search/postgres/postgres-search-store.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCorrelateService } from './service.ts';
import { type CorrelateBench, openCorrelateBench } from './testing/correlate-bench.ts';
import { alertId, DAY, HOUR, MINUTE, scoredAlert } from './testing/scored-alerts.ts';

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

interface Caller {
  readonly tenant?: string;
  readonly role?: 'soc_analyst' | 'auditor';
  readonly headers?: Readonly<Record<string, string>>;
}

async function call(method: 'GET' | 'PATCH', url: string, caller: Caller = {}, body?: unknown) {
  const { headers = {}, ...who } = caller;
  const answer = await api.server.app.inject({
    method,
    url,
    headers: {
      ...(await api.headers(who)),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return { status: answer.statusCode, body: answer.json(), etag: String(answer.headers['etag']) };
}

function change(url: string, etag: string, body: object, caller: Caller = {}) {
  return call('PATCH', url, { ...caller, headers: { 'if-match': etag } }, body);
}

let tenants = 0;

/** A tenant with one severe alert; gives what its analyst sees. */
async function story(alerts = 1) {
  tenants += 1;
  const tenant = `story-${tenants}`;
  for (let index = 0; index < alerts; index += 1) {
    const atMs = DAY + 12 * HOUR + index * MINUTE;
    await bench.send([[scoredAlert(`${tenant}/${index}`, { tenant_id: tenant, atMs })]], tenant);
  }
  const alert = alertId(`${tenant}/0`);
  const { body } = await call('GET', `/v1/alerts/${alert}`, { tenant });
  return { tenant, alert, incident: String(body.incident_id) };
}

describe('alerts', () => {
  it('shows an alert with its members, also those of A (X-06)', async () => {
    const { tenant, alert, incident } = await story();
    const { status, body, etag } = await call('GET', `/v1/alerts/${alert}`, { tenant });
    expect(status).toBe(200);
    expect(etag).toBe('"1"');
    expect(body).toMatchObject({
      tenant_id: tenant,
      alert_id: alert,
      severity: 8,
      severity_label: 'high',
      rule_name: 'failed_login_threshold',
      actor: { id: 'bob', name: 'Bob' },
      timestamp: '2026-01-01T12:01:00.000Z',
      related_events: [alertId(`${tenant}/0/event`)],
      description: expect.any(String),
      event_count: 10,
      incident_id: incident,
      suppressed: false,
    });
  });

  it('pages through all, newest event first, each once, with the same filters by rows and by search', async () => {
    const { tenant } = await story(7);
    for (const q of ['', '&q=actor.id:bob']) {
      const seen: string[] = [];
      for (let cursor = ''; ; ) {
        const url = `/v1/alerts?limit=3&status=new&severity_min=8${q}${cursor}`;
        const { status, body } = await call('GET', url, { tenant });
        expect(status).toBe(200);
        seen.push(...body.items.map((item: { alert_id: string }) => item.alert_id));
        if (body.next_cursor === null) break;
        cursor = `&cursor=${encodeURIComponent(body.next_cursor)}`;
      }
      expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((index) => alertId(`${tenant}/${index}`)));
    }
    for (const url of ['severity_min=9', 'status=resolved', 'from=2026-01-02T00:00:00Z']) {
      for (const q of ['', '&q=bob']) {
        const { body } = await call('GET', `/v1/alerts?${url}${q}`, { tenant });
        expect(body.items).toEqual([]);
      }
    }
  });

  it('gives the same document from the list, the search and the single read', async () => {
    const { tenant, alert } = await story();
    const one = await call('GET', `/v1/alerts/${alert}`, { tenant });
    const list = await call('GET', '/v1/alerts', { tenant });
    const found = await call('GET', '/v1/alerts?q=title:bob', { tenant });
    expect(list.body.items).toEqual([one.body]);
    expect(found.body.items).toEqual([one.body]);
  });

  it('moves by its table, and names the statuses that may follow when it cannot', async () => {
    const { tenant, alert } = await story();
    const url = `/v1/alerts/${alert}`;
    const seen = await change(url, '"1"', { status: 'investigating', assignee: 'bob' }, { tenant });
    expect(seen).toMatchObject({
      status: 200,
      etag: '"2"',
      body: { status: 'investigating', assignee: 'bob' },
    });
    const illegal = await change(url, '"2"', { status: 'new' }, { tenant });
    expect(illegal).toMatchObject({
      status: 409,
      body: { code: 'illegal_transition', allowed: ['acknowledged', 'resolved', 'false_positive'] },
    });
    expect((await call('PATCH', url, { tenant }, { status: 'resolved' })).status).toBe(428);
    expect((await change(url, '"1"', { status: 'resolved' }, { tenant })).status).toBe(412);
    const same = await change(url, '"2"', { status: 'investigating' }, { tenant });
    expect(same).toMatchObject({ status: 200, etag: '"2"' });
    const audit = await bench.sql(
      (tx) => tx.selectFrom('audit_log').selectAll().where('object_id', '=', alert).execute(),
      tenant,
    );
    expect(audit).toMatchObject([
      { actor: 'ada', action: 'alert.change', after: { status: 'investigating', assignee: 'bob' } },
    ]);
  });

  it('keeps its ETag while further events are counted', async () => {
    const { tenant, alert } = await story();
    const more = { tenant_id: tenant, revision: 9, event_count: 18 };
    await bench.send([[scoredAlert(`${tenant}/0`, more)]], tenant);
    const answer = await change(
      `/v1/alerts/${alert}`,
      '"1"',
      { status: 'acknowledged' },
      { tenant },
    );
    expect(answer).toMatchObject({
      status: 200,
      body: { event_count: 18, status: 'acknowledged' },
    });
  });

  it('is suppressed with an end and a reason, and shows when that is over', async () => {
    const { tenant, alert } = await story();
    const url = `/v1/alerts/${alert}`;
    const until = new Date(bench.clock.now() + HOUR).toISOString();
    const bare = await change(url, '"1"', { suppressed_until: until }, { tenant });
    expect(bare).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/suppress_reason' }] },
    });
    const past = { suppressed_until: '2020-01-01T00:00:00Z', suppress_reason: 'test' };
    expect((await change(url, '"1"', past, { tenant })).status).toBe(400);
    const quiet = await change(
      url,
      '"1"',
      { suppressed_until: until, suppress_reason: 'a test' },
      { tenant },
    );
    expect(quiet.body).toMatchObject({
      suppressed: true,
      suppress_reason: 'a test',
      status: 'new',
    });
    const lifted = await change(url, '"2"', { suppressed_until: null }, { tenant });
    expect(lifted.body).toMatchObject({
      suppressed: false,
      suppressed_until: null,
      suppress_reason: null,
    });
  });

  it.each([
    [{}, ''],
    [{ status: 'suppressed' }, '/status'],
    [{ severity: 3 }, '/severity'],
    [{ assignee: '' }, '/assignee'],
  ])('refuses the change %j', async (body, pointer) => {
    const { tenant, alert } = await story();
    const answer = await change(`/v1/alerts/${alert}`, '"1"', body, { tenant });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  it.each([
    ['q=status:'],
    ['status=odd'],
    ['limit=201'],
    ['cursor=e30'],
    ['from=yesterday'],
    ['x=1'],
  ])('refuses ?%s', async (query) => {
    expect((await call('GET', `/v1/alerts?${query}`)).status).toBe(400);
  });
});

describe('incidents', () => {
  it('shows an incident with alerts, timeline in order, entities and its case (B-057, N-07)', async () => {
    const { tenant, incident } = await story(20);
    const { status, body } = await call('GET', `/v1/incidents/${incident}`, { tenant });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'new',
      severity: 8,
      alert_count: 20,
      entities: { actors: ['bob'], hosts: ['web-1'], src_ips: ['203.0.113.7'] },
      first_alert_at: '2026-01-01T12:00:00.000Z',
      last_alert_at: '2026-01-01T12:20:00.000Z',
      cases: [{ status: 'open', incident_id: incident }],
    });
    expect(body.alerts).toHaveLength(20);
    const kinds = body.timeline.map((entry: { kind: string }) => entry.kind);
    expect(kinds).toEqual(['opened', ...Array.from({ length: 20 }, () => 'alert'), 'case_opened']);
    expect(body.timeline[2].detail.shared).toContain('actor:bob');
  });

  it('links a recurrence both ways', async () => {
    const { tenant, incident } = await story();
    await change(`/v1/incidents/${incident}`, '"1"', { status: 'closed' }, { tenant });
    const again = scoredAlert(`${tenant}/again`, { tenant_id: tenant, atMs: DAY + 13 * HOUR });
    await bench.send([[again]], tenant);
    const { body: list } = await call('GET', '/v1/incidents?status=new', { tenant });
    expect(list.items).toMatchObject([{ previous_incident_id: incident, status: 'new' }]);
    const { body: old } = await call('GET', `/v1/incidents/${incident}`, { tenant });
    expect(old.next_incident_ids).toEqual([list.items[0].incident_id]);
    expect(old.timeline.map((entry: { kind: string }) => entry.kind)).toContain('recurred');
  });

  it('moves by its table, with audit, timeline and message, and reopens explicitly (B-054)', async () => {
    const { tenant, incident } = await story();
    const url = `/v1/incidents/${incident}`;
    const resolved = await change(url, '"1"', { status: 'resolved', assignee: 'eve' }, { tenant });
    expect(resolved.body).toMatchObject({
      status: 'resolved',
      assignee: 'eve',
      resolved_at: expect.any(String),
    });
    const closed = await change(url, resolved.etag, { status: 'closed' }, { tenant });
    expect(closed.body.resolved_at).toBe(resolved.body.resolved_at);
    const illegal = await change(url, closed.etag, { status: 'triaged' }, { tenant });
    expect(illegal).toMatchObject({ status: 409, body: { allowed: ['new'] } });
    const reopened = await change(url, closed.etag, { status: 'new' }, { tenant });
    expect(reopened.body).toMatchObject({ status: 'new', resolved_at: null });
    expect((await call('PATCH', url, { tenant }, { status: 'closed' })).status).toBe(428);
    expect((await change(url, '"1"', { status: 'closed' }, { tenant })).status).toBe(412);
    const told = await bench.sql((tx) => tx.selectFrom('outbox').selectAll().execute(), tenant);
    const types = told.map((row) => (row.envelope as { event_type: string }).event_type);
    expect(types).toContain('incident.closed');
    const { body } = await call('GET', url, { tenant });
    const changes = body.timeline.filter(
      (entry: { kind: string }) => entry.kind === 'status_changed',
    );
    expect(changes).toHaveLength(3);
    expect(changes[0]).toMatchObject({ actor: 'ada' });
  });

  it('pages through all, newest alert first', async () => {
    const tenant = 'pages-corp';
    for (let index = 0; index < 5; index += 1) {
      const who = `user-${index}`;
      const names = { actor: { id: who }, group: { 'actor.id': who }, hosts: [], src_ips: [] };
      const alert = scoredAlert(who, { tenant_id: tenant, atMs: DAY + index * HOUR, ...names });
      await bench.send([[alert]], tenant);
    }
    const first = await call('GET', '/v1/incidents?limit=3', { tenant });
    const rest = await call('GET', `/v1/incidents?limit=3&cursor=${first.body.next_cursor}`, {
      tenant,
    });
    expect(rest.body.next_cursor).toBeNull();
    const actors = [...first.body.items, ...rest.body.items].map((item) => item.entities.actors[0]);
    expect(actors).toEqual(['user-4', 'user-3', 'user-2', 'user-1', 'user-0']);
  });
});

describe('who may do what', () => {
  it('answers 404 for another tenant\u2019s ids and for what is no id (X-09)', async () => {
    const { alert, incident } = await story();
    const theirs = { tenant: 'foreign-corp' };
    const answers = await Promise.all([
      call('GET', `/v1/alerts/${alert}`, theirs),
      change(`/v1/alerts/${alert}`, '"1"', { status: 'resolved' }, theirs),
      call('GET', `/v1/incidents/${incident}`, theirs),
      change(`/v1/incidents/${incident}`, '"1"', { status: 'closed' }, theirs),
      call('GET', '/v1/alerts/nope'),
      call('GET', '/v1/incidents/nope'),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 404));
    for (const url of ['/v1/alerts', '/v1/alerts?q=bob', '/v1/incidents']) {
      expect((await call('GET', url, theirs)).body.items).toEqual([]);
    }
  });

  it('lets an auditor read and not write', async () => {
    const { tenant, alert, incident } = await story();
    const auditor = { tenant, role: 'auditor' as const };
    expect((await call('GET', `/v1/alerts/${alert}`, auditor)).status).toBe(200);
    expect((await call('GET', `/v1/incidents/${incident}`, auditor)).status).toBe(200);
    const changes = await Promise.all([
      change(`/v1/alerts/${alert}`, '"1"', { status: 'resolved' }, auditor),
      change(`/v1/incidents/${incident}`, '"1"', { status: 'closed' }, auditor),
    ]);
    expect(changes.map((answer) => answer.status)).toEqual([403, 403]);
  });
});
