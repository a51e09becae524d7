import { hash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { KeyPepper } from '@tocsin/auth/key-pepper.ts';
import type { Role } from '@tocsin/auth/role.ts';
import { insertAlert, insertIncident } from '@tocsin/case-service/testing/workflow-rows.ts';
import { DEFAULT_QUOTA } from '@tocsin/contracts/tenant-quota.ts';
import {
  openTestDatabase,
  type TestDatabase,
  testTenant,
} from '@tocsin/database/testing/test-database.ts';
import { type TestServer, testServer } from '@tocsin/http/testing/test-server.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlParts, composeControl } from './control-services.ts';
import { withAbsentParts } from './testing/absent-part.ts';
import { routeTables } from './testing/route-tables.ts';

/** Changes nothing that is anybody's: reads by POST, checks, and events, which have receipts instead. */
const CHANGES_NOTHING = [
  'POST /v1/ingest/events',
  'POST /v1/ingest/raw',
  'POST /v1/events/search',
  'POST /v1/rules/validate',
  'POST /v1/rules/dry-run',
  'POST /v1/logout',
  'POST /v1/session/renew',
];

/** Routes that need parts which are not here, and the test that shows their row of the log. */
const SHOWN_ELSEWHERE: Readonly<Record<string, string>> = {
  'POST /v1/queues/{topic}/{group}/dead-letters/{id}/redrive': 'queue-service',
  'DELETE /v1/queues/{topic}/{group}/dead-letters/{id}': 'queue-service',
  'POST /v1/rules': 'content-service',
  'PUT /v1/rules/{rule_id}': 'content-service',
  'POST /v1/sigma-rules': 'content-service',
  'PUT /v1/sigma-rules/{rule_id}': 'content-service',
  'PATCH /v1/rules/{rule_id}': 'content-service',
  'POST /v1/platform/deferred-rules/{rule_id}/put-back': 'content-service',
  'DELETE /v1/session/all/{id}': 'identity-service',
  'POST /v1/logout/backchannel': 'identity-service',
};

let db: TestDatabase;
let http: TestServer;

beforeAll(async () => {
  db = await openTestDatabase();
  const parts = withAbsentParts<ControlParts>({
    database: db.database,
    world: systemWorld(),
    metrics: new Metrics('test'),
    pepper: new KeyPepper(Buffer.alloc(32, 7)),
    residency: [],
    defaultQuota: DEFAULT_QUOTA,
    login: undefined,
    committed: () => undefined,
  });
  http = await testServer(composeControl(parts).routes);
});
afterAll(async () => {
  await http.server.close();
  await db.drop();
});

interface Call {
  readonly url: string;
  readonly role?: Role;
  /** Where the revision is read that the change is against; `*` for any. */
  readonly etagOf?: string;
  readonly body?: unknown;
  /** True for what makes something, false for what takes it away; else both before and after are there. */
  readonly makes?: boolean;
}

async function send(method: string, { url, role = 'tenant_admin', etagOf, body }: Call) {
  const headers = await http.headers({ role });
  const read = async () =>
    (await http.server.app.inject({ method: 'GET', url: String(etagOf), headers })).headers['etag'];
  const tag = etagOf === undefined || etagOf === '*' ? etagOf : await read();
  return http.server.app.inject({
    method: method as 'POST',
    url,
    headers: {
      ...headers,
      ...(tag === undefined ? {} : { 'if-match': String(tag) }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
}

async function made(url: string, body: unknown, role?: Role): Promise<Record<string, string>> {
  const answer = await send('POST', { url, body, ...(role === undefined ? {} : { role }) });
  expect(answer.statusCode, answer.body).toBeLessThan(300);
  return answer.json();
}

const alert = () => insertAlert(db.database, testTenant());
const incident = async () => (await insertIncident(db.database, testTenant())).incidentId;
const newCase = async () => `/v1/cases/${(await made('/v1/cases', { title: 'A case' }))['id']}`;
const newKey = async () =>
  `/v1/api-keys/${(await made('/v1/api-keys', { name: 'k', scopes: ['events:write'] }))['key_id']}`;
/** Somebody who is logged in to the tenant of the test. */
async function newSession(): Promise<string> {
  const session_id = randomUUID();
  const now = Date.now();
  const { tenantId } = testTenant();
  await db.database.inPlatform(async (tx) => {
    await tx
      .insertInto('tenants')
      .values({
        tenant_id: tenantId,
        name: 'T',
        retention_days: 90,
        data_residency: 'x',
        created_by: 'test',
        modified_by: 'test',
      })
      .onConflict((on) => on.doNothing())
      .execute();
    await tx
      .insertInto('login_sessions')
      .values({
        session_id,
        session_hash: hash('sha256', session_id),
        subject: session_id,
        display_name: 'Bob',
        tenant_id: tenantId,
        role: 'soc_analyst',
        created_at: new Date(now),
        last_seen_at: new Date(now),
        expires_at: new Date(now + 3_600_000),
        id_token_sealed: null,
        provider_session: null,
      })
      .execute();
  });
  return session_id;
}
let tenants = 0;
const newTenant = async () => {
  tenants += 1;
  const body = { tenant_id: `tenant-${tenants}`, name: 'T' };
  return `/v1/tenants/${(await made('/v1/tenants', body, 'platform_admin'))['tenant_id']}`;
};

/** One valid call of each changing route. */
const CALLS: Readonly<Record<string, () => Promise<Call>>> = {
  'PATCH /v1/alerts/{id}': async () => {
    const url = `/v1/alerts/${await alert()}`;
    return { url, etagOf: url, body: { assignee: 'ada' } };
  },
  'PATCH /v1/incidents/{id}': async () => {
    const url = `/v1/incidents/${await incident()}`;
    return { url, etagOf: url, body: { assignee: 'ada' } };
  },
  'POST /v1/incidents/{id}/merge': async () => {
    const url = `/v1/incidents/${await incident()}`;
    return { url: `${url}/merge`, etagOf: url, body: { incident_ids: [await incident()] } };
  },
  'POST /v1/incidents/{id}/unmerge': async () => {
    const source = await incident();
    const url = `/v1/incidents/${await incident()}`;
    const merge = { url: `${url}/merge`, etagOf: url, body: { incident_ids: [source] } };
    expect((await send('POST', merge)).statusCode).toBeLessThan(300);
    return { url: `/v1/incidents/${source}/unmerge`, etagOf: `/v1/incidents/${source}`, body: {} };
  },
  'POST /v1/cases': async () => ({ url: '/v1/cases', body: { title: 'A case' }, makes: true }),
  'PATCH /v1/cases/{id}': async () => {
    const url = await newCase();
    return { url, etagOf: url, body: { severity: 9 } };
  },
  'PUT /v1/cases/{id}': async () => {
    const url = await newCase();
    return { url, etagOf: url, body: { title: 'Another title' } };
  },
  'POST /v1/cases/{id}/alerts': async () => ({
    url: `${await newCase()}/alerts`,
    body: { alert_id: await alert() },
    makes: true,
  }),
  'DELETE /v1/cases/{id}/alerts/{alert_id}': async () => {
    const url = await newCase();
    const alertId = await alert();
    await made(`${url}/alerts`, { alert_id: alertId });
    return { url: `${url}/alerts/${alertId}`, makes: false };
  },
  'POST /v1/cases/{id}/comments': async () => ({
    url: `${await newCase()}/comments`,
    body: { body: 'A comment' },
    makes: true,
  }),
  'PATCH /v1/cases/{id}/comments/{comment_id}': async () => {
    const url = await newCase();
    const comment = await made(`${url}/comments`, { body: 'A comment' });
    const id = comment['comment_id'] ?? comment['id'];
    return { url: `${url}/comments/${id}`, etagOf: '*', body: { body: 'Another' } };
  },
  'POST /v1/cases/{id}/links': async () => ({
    url: `${await newCase()}/links`,
    body: { case_id: (await newCase()).split('/').at(-1), relation: 'related' },
    makes: true,
  }),
  'DELETE /v1/cases/{id}/links/{link_id}': async () => {
    const url = await newCase();
    const body = { case_id: (await newCase()).split('/').at(-1), relation: 'related' };
    const link = await made(`${url}/links`, body);
    return { url: `${url}/links/${link['link_id'] ?? link['id']}`, makes: false };
  },
  'POST /v1/api-keys': async () => ({
    url: '/v1/api-keys',
    body: { name: 'k', scopes: ['events:write'] },
    makes: true,
  }),
  'POST /v1/api-keys/{key_id}/rotate': async () => ({ url: `${await newKey()}/rotate`, body: {} }),
  'DELETE /v1/api-keys/{key_id}': async () => ({ url: await newKey() }),
  'DELETE /v1/sessions/{id}': async () => ({
    url: `/v1/sessions/${await newSession()}`,
    makes: false,
  }),
  'DELETE /v1/sessions': async () => ({
    url: `/v1/sessions?subject=${await newSession()}`,
    makes: false,
  }),
  'DELETE /v1/platform/sessions/{id}': async () => ({
    url: `/v1/platform/sessions/${await newSession()}`,
    role: 'platform_admin',
    makes: false,
  }),
  'PUT /v1/notifications/webhook': async () => ({
    url: '/v1/notifications/webhook',
    body: { url: 'https://example.com/hook' },
    makes: true,
  }),
  'DELETE /v1/notifications/webhook': async () => {
    await send('PUT', {
      url: '/v1/notifications/webhook',
      body: { url: 'https://example.com/hook' },
    });
    return { url: '/v1/notifications/webhook', makes: false };
  },
  'POST /v1/tenants': async () => ({
    url: '/v1/tenants',
    role: 'platform_admin',
    body: { tenant_id: 'made-corp', name: 'Made' },
    makes: true,
  }),
  'PATCH /v1/tenants/{tenant_id}': async () => {
    const url = await newTenant();
    return { url, etagOf: url, role: 'platform_admin', body: { status: 'suspended' } };
  },
  'DELETE /v1/tenants/{tenant_id}': async () => {
    const url = await newTenant();
    const role = 'platform_admin';
    await send('PATCH', { url, etagOf: url, role, body: { status: 'suspended' } });
    return { url, etagOf: url, role };
  },
};

const changing = [
  ...new Set(
    routeTables()
      .flatMap(({ routes }) => routes)
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path}`),
  ),
];

/** The rows that one request left in the log of its tenant or of the platform. */
async function rowsOf(requestId: string) {
  const own = await db.database.inTenant(testTenant(), (tx) =>
    tx.selectFrom('audit_log').selectAll().where('request_id', '=', requestId).execute(),
  );
  const platform = await db.database.inPlatform((tx) =>
    tx.selectFrom('audit_log').selectAll().where('request_id', '=', requestId).execute(),
  );
  return [...own, ...platform];
}

describe('every changing route of the product', () => {
  it('has a call here, or says why not', () => {
    const known = [...Object.keys(CALLS), ...CHANGES_NOTHING, ...Object.keys(SHOWN_ELSEWHERE)];
    expect(changing.filter((route) => !known.includes(route))).toEqual([]);
    expect(known.filter((route) => !changing.includes(route))).toEqual([]);
  });

  it.each(Object.entries(SHOWN_ELSEWHERE))('%s is shown by the tests of %s', (_route, service) => {
    const file = new URL(`../../../services/${service}/service.test.ts`, import.meta.url);
    expect(readFileSync(file, 'utf8')).toContain('audit_log');
  });

  it.each(Object.entries(CALLS))('%s writes who did it, before and after', async (route, call) => {
    const asked = await call();
    const answer = await send(String(route.split(' ')[0]), asked);
    expect(answer.statusCode, answer.body).toBeLessThan(300);
    const rows = await rowsOf(String(answer.headers['x-request-id']));
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(row).toMatchObject({
        actor: 'ada',
        action: expect.stringMatching(/^[a-z_]+\.[a-z_]+$/),
      });
      expect(row.after !== null, `${row.action} after`).toBe(asked.makes !== false);
      expect(row.before !== null, `${row.action} before`).toBe(asked.makes !== true);
    }
  });
});
