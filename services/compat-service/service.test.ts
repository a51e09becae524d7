import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import {
  openTestDatabase,
  type TestDatabase,
  testTenant,
} from '@tocsin/database/testing/test-database.ts';
import { type TestServer, testServer } from '@tocsin/http/testing/test-server.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { MemorySearchStore } from '@tocsin/search/memory/memory-search-store.ts';
import { insertAlerts } from '@tocsin/search/postgres/insert-alerts.ts';
import { Pool } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCompatService, tenantFromCredential } from './service.ts';
import { answerUnprocessable } from './unprocessable.ts';

let db: TestDatabase;
let data: Server;
let pool: Pool;
let ingest: TestServer;
let alerts: TestServer;
const set: string[] = [];
let firstEvent = '';
let taken: { headers: IncomingMessage['headers']; events: Record<string, unknown>[] }[];
let answer: { status: number; body: object };

beforeAll(async () => {
  db = await openTestDatabase();
  taken = [];
  answer = { status: 202, body: { status: 'accepted', refused: 0 } };
  data = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    taken.push({ headers: request.headers, events: JSON.parse(body) });
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  }).listen(0, '127.0.0.1');
  await once(data, 'listening');
  const address = data.address();
  pool = new Pool(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
  const world = systemWorld();
  const events = new MemorySearchStore(world.clock);
  for (const [index, category] of ['auth', 'auth', 'ops'].entries()) {
    const event = {
      tenant_id: 'acme-corp',
      event_id: crypto.randomUUID(),
      timestamp: '2026-01-01T00:00:00.000Z',
      category,
      severity: category === 'ops' ? 2 : 8,
      source: { system: `host-${index}` },
      message: 'as it came',
      attributes:
        index === 0
          ? {
              source: 'vpn-1',
              log_type: 'authentication',
              message: 'Failed login',
              fields: { user: 'bob' },
            }
          : { code: 7 },
    };
    if (index === 0) firstEvent = event.event_id;
    await events.put(testTenant(), 'events', `${index}`, event);
  }
  const service = createCompatService({
    database: db.database,
    data: pool,
    events,
    world,
    setAlertStatus: async (tenant, alertId, status) => {
      set.push(`${tenant.tenantId} ${alertId} ${status}`);
      return db.database.inTenant(tenant, (tx) =>
        tx
          .selectFrom('alerts')
          .selectAll()
          .where('alert_id', '=', alertId)
          .executeTakeFirstOrThrow(),
      );
    },
  });
  const options = { verifierOf: tenantFromCredential };
  ingest = await testServer(service.ingestRoutes, options);
  alerts = await testServer(service.alertRoutes, options);
  answerUnprocessable(ingest.server);
  answerUnprocessable(alerts.server);
});
afterAll(async () => {
  await ingest.server.close();
  await alerts.server.close();
  await pool.close();
  data.close();
  await db.drop();
});

/** A call as a client of C makes it: a token and no tenant header. */
async function call(
  api: TestServer,
  method: 'GET' | 'POST' | 'PATCH',
  url: string,
  body?: unknown,
  headers?: Record<string, string>,
) {
  const { authorization = '' } = await api.headers();
  const reply = await api.server.app.inject({
    method,
    url,
    headers: { authorization, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return { status: reply.statusCode, body: reply.json() };
}

const record = {
  source: 'vpn-1',
  log_type: 'authentication',
  severity: 'high',
  message: 'Failed login',
  fields: { user: 'bob', src_ip: '203.0.113.7', attempts: 3 },
};

describe('the ingest port', () => {
  it('answers health without a token, and nothing else (C-033)', async () => {
    const health = await ingest.server.app.inject({ method: 'GET', url: '/health' });
    expect(health.json()).toEqual({ status: 'ok', service: 'ingest-service' });
    const refused = await ingest.server.app.inject({
      method: 'POST',
      url: '/ingest',
      payload: '{}',
    });
    expect(refused.statusCode).toBe(401);
  });

  it("takes a record as an event of the token's tenant (C-009 to C-011)", async () => {
    const { status, body } = await call(ingest, 'POST', '/ingest', record);
    expect(status).toBe(202);
    const sent = taken.at(-1);
    expect(sent?.headers).toMatchObject({
      'x-tenant-id': 'acme-corp',
      authorization: expect.stringMatching(/^Bearer /),
    });
    expect(sent?.events).toMatchObject([
      {
        event_id: body.event_id,
        category: 'auth',
        severity: 8,
        source: { system: 'vpn-1' },
        actor: { id: 'bob' },
        outcome: 'failure',
        attributes: { ...record, src_ip: '203.0.113.7' },
      },
    ]);
    expect(body.status).toBe('accepted');
  });

  it('takes a batch, with an id for each record in order', async () => {
    const batch = [record, { ...record, log_type: 'toaster', severity: 'info', fields: undefined }];
    const { status, body } = await call(ingest, 'POST', '/ingest/batch', batch);
    expect(status).toBe(202);
    expect(body).toMatchObject({ status: 'accepted', count: 2 });
    const { events } = taken.at(-1) ?? { events: [] };
    expect(events.map((event) => event['event_id'])).toEqual(
      body.events.map((event: { event_id: string }) => event.event_id),
    );
    expect(events[1]).toMatchObject({ category: 'ops', severity: 0 });
  });

  it.each([
    ['no message', { ...record, message: undefined }],
    ['an unknown severity', { ...record, severity: 'loud' }],
    ['fields that are a list', { ...record, fields: [1] }],
  ])('refuses a record with %s by 422, as it was', async (_, wrong) => {
    const { status, body } = await call(ingest, 'POST', '/ingest', wrong);
    expect(status).toBe(422);
    expect(body).toMatchObject({ status: 422, error: { status_code: 422 } });
    expect(body.errors).not.toEqual([]);
  });

  it('answers a body that is no JSON by 400', async () => {
    const { authorization = '' } = await ingest.headers();
    const headers = { authorization, 'content-type': 'application/json' };
    const reply = await ingest.server.app.inject({
      ...{ method: 'POST', url: '/ingest', headers, payload: '{"source":' },
    });
    expect(reply.statusCode).toBe(400);
  });

  it('answers a refusal of the data process as it is, so nothing is lost unseen', async () => {
    answer = { status: 503, body: { code: 'unavailable' } };
    expect((await call(ingest, 'POST', '/ingest', record)).status).toBe(503);
    answer = { status: 202, body: { status: 'partial', refused: 1 } };
    expect((await call(ingest, 'POST', '/ingest', record)).status).toBe(422);
    answer = { status: 202, body: { status: 'accepted', refused: 0 } };
  });

  it('refuses a header that names another tenant than the token', async () => {
    const headers = { 'x-tenant-id': 'umbrella' };
    expect((await call(ingest, 'POST', '/ingest', record, headers)).status).toBe(403);
  });
});

describe('the alerts port', () => {
  beforeAll(async () => {
    const stored = (tenant: string, change: object) => ({
      tenant_id: tenant,
      alert_id: crypto.randomUUID(),
      rule_id: 'r',
      rule_name: 'brute_force_attempt',
      severity: 9,
      status: 'new',
      title: 't',
      description: '',
      category: 'auth',
      first_event_at: '2026-01-01T00:00:00Z',
      last_event_at: '2026-01-01T00:00:00Z',
      event_count: 1,
      src_ips: [],
      hosts: [],
      tags: [],
      storm: false,
      ...change,
    });
    await insertAlerts(db.database, testTenant(), [
      stored('acme-corp', {}),
      stored('acme-corp', { status: 'acknowledged', severity: 3, rule_name: 'other' }),
    ]);
    await insertAlerts(db.database, testTenant('umbrella'), [stored('umbrella', {})]);
  });

  it("lists the tenant's alerts with score, label and status (C-016)", async () => {
    const { body } = await call(alerts, 'GET', '/alerts');
    expect(body).toHaveLength(2);
    const found = await call(alerts, 'GET', '/alerts?min_score=0.85&status=new');
    expect(found.body).toMatchObject([{ score: 0.9, label: 'brute_force_attempt', status: 'new' }]);
    const { alert_id } = found.body[0];
    expect((await call(alerts, 'GET', `/alerts/${alert_id}`)).body.alert_id).toBe(alert_id);
    const taken = await call(alerts, 'GET', '/alerts?status=investigating');
    expect(taken.body).toMatchObject([{ label: 'other', status: 'investigating' }]);
  });

  it('gives an alert with its event, and null when that is not kept', async () => {
    await db.database.inTenant(testTenant(), (tx) =>
      tx
        .updateTable('alerts')
        .set({ related_events: JSON.stringify([firstEvent]) })
        .where('tenant_id', '=', 'acme-corp')
        .where('rule_name', '=', 'other')
        .execute(),
    );
    const { body } = await call(alerts, 'GET', '/alerts?limit=500');
    const shown = await Promise.all(
      body.map(({ alert_id }: { alert_id: string }) => call(alerts, 'GET', `/alerts/${alert_id}`)),
    );
    expect(shown.map((answer) => answer.body.event?.message ?? null).sort()).toEqual([
      'Failed login',
      null,
    ]);
  });

  it('lists events as they were sent, by severity and source', async () => {
    const { body } = await call(alerts, 'GET', '/events');
    expect(body).toHaveLength(3);
    expect(body).toContainEqual({
      event_id: firstEvent,
      ts: '2026-01-01T00:00:00.000Z',
      source: 'vpn-1',
      log_type: 'authentication',
      severity: 'high',
      message: 'Failed login',
      fields: { user: 'bob' },
    });
    const low = await call(alerts, 'GET', '/events?severity=low&source=host-2');
    expect(low.body).toMatchObject([
      { log_type: 'ops', message: 'as it came', fields: { code: 7 } },
    ]);
    expect((await call(alerts, 'GET', '/events?limit=1')).body).toHaveLength(1);
    expect((await call(alerts, 'GET', '/events?severity=loud')).status).toBe(422);
  });

  it("sets the status of the tenant's alert", async () => {
    const { body } = await call(alerts, 'GET', '/alerts?status=new');
    const { alert_id } = body[0];
    const changed = await call(alerts, 'PATCH', `/alerts/${alert_id}?status=resolved`);
    expect(changed.status).toBe(200);
    expect(set).toEqual([`acme-corp ${alert_id} resolved`]);
    expect((await call(alerts, 'PATCH', `/alerts/${alert_id}?status=acknowledged`)).status).toBe(
      422,
    );
    expect((await call(alerts, 'PATCH', `/alerts/${alert_id}`)).status).toBe(422);
    expect((await call(alerts, 'PATCH', '/alerts/none?status=new')).status).toBe(404);
  });

  it.each([
    ['GET', '/alerts'],
    ['GET', `/alerts/${crypto.randomUUID()}`],
    ['PATCH', `/alerts/${crypto.randomUUID()}?status=new`],
    ['GET', '/events'],
    ['GET', '/stats'],
  ] as const)('answers %s %s to nobody without a token, nor to a role without the right', async (method, url) => {
    const nobody = await alerts.server.app.inject({ method, url });
    expect(nobody.statusCode).toBe(401);
    const { authorization = '' } = await alerts.headers({ role: 'platform_admin' });
    const platform = await alerts.server.app.inject({ method, url, headers: { authorization } });
    expect([401, 403]).toContain(platform.statusCode);
  });

  it("answers another tenant's alert by 404, and lists none of it", async () => {
    const theirs = await db.database.inTenant(testTenant('umbrella'), (tx) =>
      tx.selectFrom('alerts').select('alert_id').executeTakeFirstOrThrow(),
    );
    expect((await call(alerts, 'GET', `/alerts/${theirs.alert_id}`)).status).toBe(404);
    const { body } = await call(alerts, 'GET', '/alerts?limit=500');
    expect(JSON.stringify(body)).not.toContain(theirs.alert_id);
  });

  it('counts events and alerts', async () => {
    const { body } = await call(alerts, 'GET', '/stats');
    expect(body).toMatchObject({ total_events: 3, total_alerts: 2 });
    expect(body.alerts_by_status).toContainEqual({ status: 'investigating', count: 1 });
  });
});
