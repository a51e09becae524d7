import {
  openTestDatabase,
  type TestDatabase,
  testTenant,
} from '@tocsin/database/testing/test-database.ts';
import { type TestServer, testServer } from '@tocsin/http/testing/test-server.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { PostgresSearchStore } from '@tocsin/search/postgres/postgres-search-store.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCaseService } from './service.ts';
import { insertAlert, insertIncident } from './testing/workflow-rows.ts';

let db: TestDatabase;
let api: TestServer;

beforeAll(async () => {
  db = await openTestDatabase();
  const world = systemWorld();
  const search = new PostgresSearchStore(db.database, world.clock);
  const service = createCaseService({ database: db.database, search, world });
  api = await testServer(service.routes);
});
afterAll(async () => {
  await api.server.close();
  await db.drop();
});

interface Caller {
  readonly tenant?: string;
  readonly role?: 'tenant_admin' | 'soc_analyst' | 'auditor' | 'platform_admin';
  readonly subject?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function call(
  method: 'GET' | 'POST' | 'PATCH' | 'PUT',
  url: string,
  body?: unknown,
  caller: Caller = {},
) {
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
  return {
    status: answer.statusCode,
    body: answer.body === '' ? undefined : answer.json(),
    etag: String(answer.headers['etag']),
    location: answer.headers['location'],
  };
}

async function newCase(body: object = {}, caller: Caller = {}) {
  const answer = await call('POST', '/v1/cases', { title: 'Odd logins', ...body }, caller);
  expect(answer.status).toBe(201);
  return { id: String(answer.body.id), etag: answer.etag, body: answer.body };
}

function change(id: string, etag: string, body: object, caller: Caller = {}) {
  return call('PATCH', `/v1/cases/${id}`, body, { ...caller, headers: { 'if-match': etag } });
}

const alert = (tenant?: string) => insertAlert(db.database, testTenant(tenant));
const incident = (tenant?: string) => insertIncident(db.database, testTenant(tenant));

describe('opening a case (A-063, X-08)', () => {
  it('opens one and gives it back with location, ETag and audit fields (A-062, A-069)', async () => {
    const answer = await call('POST', '/v1/cases', { title: 'Odd logins', severity: 7 });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      title: 'Odd logins',
      status: 'open',
      severity: 7,
      severity_label: 'high',
      created_by: 'ada',
      modified_by: 'ada',
      assigned_to: null,
      resolved_at: null,
      version: 1,
    });
    expect(answer.location).toBe(`/v1/cases/${answer.body.id}`);
    const read = await call('GET', `/v1/cases/${answer.body.id}`);
    expect(read).toMatchObject({ status: 200, body: answer.body, etag: '"1"' });
  });

  it('writes the audit row and the message in the same transaction (A-067)', async () => {
    const { id } = await newCase();
    const tenant = testTenant();
    const { audit, told } = await db.database.inTenant(tenant, async (tx) => ({
      audit: await tx.selectFrom('audit_log').selectAll().where('object_id', '=', id).execute(),
      told: await tx.selectFrom('outbox').selectAll().execute(),
    }));
    expect(audit).toMatchObject([{ actor: 'ada', action: 'case.create' }]);
    expect(told.map((row) => row.envelope)).toContainEqual(
      expect.objectContaining({
        event_type: 'case.opened',
        payload: expect.objectContaining({ case_id: id }),
      }),
    );
  });

  it('links alerts given at creation', async () => {
    const alertId = await alert();
    const { id } = await newCase({ alert_ids: [alertId, alertId.toUpperCase()] });
    const alerts = await call('GET', `/v1/cases/${id}/alerts`);
    expect(alerts.body.items).toMatchObject([{ alert_id: alertId, linked_by: 'ada' }]);
  });

  it('promotes an incident with its alerts, and only once while that case is open (Resolution 7)', async () => {
    const { incidentId, alertId } = await incident();
    const first = await newCase({ incident_id: incidentId });
    const linked = await call('GET', `/v1/cases/${first.id}/alerts`);
    expect(linked.body.items).toMatchObject([{ alert_id: alertId }]);
    const second = await call('POST', '/v1/cases', { title: 'again', incident_id: incidentId });
    expect(second).toMatchObject({ status: 409, body: { code: 'conflict', case_id: first.id } });
    const closed = await change(first.id, first.etag, { status: 'closed' });
    expect(closed.status).toBe(200);
    await newCase({ incident_id: incidentId });
    const reopened = await change(first.id, closed.etag, { status: 'open' });
    expect(reopened).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it('gives the first case again for a repeated Idempotency-Key, and refuses it for another body', async () => {
    const headers = { 'idempotency-key': 'key-1' };
    const body = { title: 'Once' };
    const [first, twin] = await Promise.all([
      call('POST', '/v1/cases', body, { headers }),
      call('POST', '/v1/cases', body, { headers }),
    ]);
    expect([first.status, twin.status].sort()).toEqual([200, 201]);
    expect(first.body.id).toBe(twin.body.id);
    const other = await call('POST', '/v1/cases', { title: 'Other' }, { headers });
    expect(other.status).toBe(409);
    const colleague = await call('POST', '/v1/cases', body, { headers, subject: 'eve' });
    expect(colleague.status).toBe(201);
  });

  it.each([
    ['no title', {}, '/title'],
    ['a blank title', { title: '  ' }, '/title'],
    ['a title of 501 characters', { title: 'x'.repeat(501) }, '/title'],
    ['a severity of 11', { title: 't', severity: 11 }, '/severity'],
    ['a severity in words', { title: 't', severity: 'high' }, '/severity'],
    ['a status', { title: 't', status: 'closed' }, '/status'],
    ['an unknown member', { title: 't', colour: 'red' }, '/colour'],
    ['an alert id that is no UUID', { title: 't', alert_ids: ['x'] }, '/alert_ids/0'],
    ['too much metadata', { title: 't', metadata: { text: 'x'.repeat(17_000) } }, '/metadata'],
  ])('refuses %s, naming the member', async (_, body, pointer) => {
    const answer = await call('POST', '/v1/cases', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  it('takes a title of 500 characters', async () => {
    const { body } = await newCase({ title: '\u{1F512}'.repeat(500) });
    expect([...body.title]).toHaveLength(500);
  });
});

describe('changing a case', () => {
  it('walks through the statuses, sets resolved_at at the end and clears it on reopening (A-060, A-065)', async () => {
    let { id, etag } = await newCase();
    for (const status of ['investigating', 'contained', 'resolved', 'closed']) {
      const answer = await change(id, etag, { status });
      expect(answer).toMatchObject({ status: 200, body: { status } });
      ({ etag } = answer);
    }
    const ended = await call('GET', `/v1/cases/${id}`);
    expect(ended.body.resolved_at).not.toBeNull();
    const illegal = await change(id, etag, { status: 'investigating' });
    expect(illegal).toMatchObject({
      status: 409,
      body: { code: 'illegal_transition', allowed: ['open'], from: 'closed' },
    });
    const reopened = await change(id, etag, { status: 'open' });
    expect(reopened.body).toMatchObject({ status: 'open', resolved_at: null, version: 6 });
  });

  it('needs If-Match, and refuses a stale one', async () => {
    const { id, etag } = await newCase();
    expect((await call('PATCH', `/v1/cases/${id}`, { severity: 9 })).status).toBe(428);
    expect((await change(id, etag, { severity: 9 })).status).toBe(200);
    expect((await change(id, etag, { severity: 1 })).status).toBe(412);
  });

  it('changes by PUT as by PATCH: members left out stay', async () => {
    const { id, etag } = await newCase({ description: 'kept', metadata: { ticket: 7 } });
    const headers = { 'if-match': etag };
    const answer = await call('PUT', `/v1/cases/${id}`, { assigned_to: 'bob' }, { headers });
    expect(answer.body).toMatchObject({
      assigned_to: 'bob',
      description: 'kept',
      metadata: { ticket: 7 },
    });
  });

  it('changes nothing, not even the version, when the case is already as asked', async () => {
    const { id, etag } = await newCase({ metadata: { a: [1] } });
    const answer = await change(id, etag, { status: 'open', metadata: { a: [1] } });
    expect(answer).toMatchObject({ status: 200, etag });
  });

  it('lets one of two changes at once win', async () => {
    const { id, etag } = await newCase();
    const answers = await Promise.all([
      change(id, etag, { assigned_to: 'ann' }),
      change(id, etag, { assigned_to: 'ben' }),
    ]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412]);
  });

  it('tells on the timeline who did what, oldest first', async () => {
    const alertId = await alert();
    const { id, etag } = await newCase();
    await call('POST', `/v1/cases/${id}/alerts`, { alert_id: alertId });
    await change(id, etag, { status: 'investigating', assigned_to: 'bob' });
    await call('POST', `/v1/cases/${id}/comments`, { body: 'seen' });
    const { body } = await call('GET', `/v1/cases/${id}/timeline`);
    expect(body.items.map((entry: { kind: string }) => entry.kind)).toEqual([
      'opened',
      'alert_linked',
      'status_changed',
      'commented',
    ]);
    expect(body.items[2]).toMatchObject({
      actor: 'ada',
      detail: {
        before: { status: 'open', assigned_to: null },
        after: { status: 'investigating', assigned_to: 'bob' },
      },
    });
  });
});

describe('alerts and comments of a case', () => {
  it('links alerts once, however often it is asked (A-066)', async () => {
    const [one, two] = [await alert(), await alert()];
    const { id } = await newCase();
    const first = await call('POST', `/v1/cases/${id}/alerts`, { alert_id: one });
    expect(first).toMatchObject({ status: 201, body: { linked: [one], already_linked: [] } });
    const again = await call('POST', `/v1/cases/${id}/alerts`, { alert_id: one });
    expect(again).toMatchObject({ status: 200, body: { linked: [], already_linked: [one] } });
    const both = await call('POST', `/v1/cases/${id}/alerts`, { alert_ids: [one, two] });
    expect(both).toMatchObject({ status: 201, body: { linked: [two], already_linked: [one] } });
    const back = await call('GET', `/v1/alerts/${two}/cases`);
    expect(back.body.items).toMatchObject([{ id }]);
  });

  it('links nothing when one of the alerts is not there', async () => {
    const one = await alert();
    const { id } = await newCase();
    const missing = '00000000-0000-7000-8000-000000000000';
    const answer = await call('POST', `/v1/cases/${id}/alerts`, { alert_ids: [one, missing] });
    expect(answer.status).toBe(404);
    expect((await call('GET', `/v1/cases/${id}/alerts`)).body.items).toEqual([]);
  });

  it('keeps comments in order, also on a closed case', async () => {
    const { id, etag } = await newCase();
    await call('POST', `/v1/cases/${id}/comments`, { body: 'first' });
    await change(id, etag, { status: 'closed' });
    await call('POST', `/v1/cases/${id}/comments`, { body: 'second' });
    const { body } = await call('GET', `/v1/cases/${id}/comments?limit=1`);
    expect(body.items).toMatchObject([{ body: 'first', created_by: 'ada', case_id: id }]);
    const next = await call('GET', `/v1/cases/${id}/comments?limit=1&cursor=${body.next_cursor}`);
    expect(next.body).toMatchObject({ items: [{ body: 'second' }], next_cursor: null });
    expect((await call('POST', `/v1/cases/${id}/comments`, { body: ' ' })).status).toBe(400);
  });
});

describe('lists', () => {
  it('pages by cursor and by offset, each case once, newest first, narrowed by status (X-08)', async () => {
    const tenant = 'list-corp';
    for (let index = 0; index < 7; index += 1)
      await newCase({ title: `case ${index}` }, { tenant });
    const first = await newCase({ title: 'closed one' }, { tenant });
    await change(first.id, first.etag, { status: 'closed' }, { tenant });
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await call('GET', `/v1/cases?limit=3&status=open${cursor}`, undefined, {
        tenant,
      });
      seen.push(...body.items.map((item: { title: string }) => item.title));
      if (body.next_cursor === null) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((index) => `case ${index}`));
    const offset = await call('GET', '/v1/cases?limit=2&offset=2&status=open', undefined, {
      tenant,
    });
    expect(offset.body.items.map((item: { title: string }) => item.title)).toEqual([
      'case 4',
      'case 3',
    ]);
  });

  it.each([
    ['limit=0'],
    ['limit=201'],
    ['status=odd'],
    ['cursor=%00'],
    ['cursor=e30'],
    ['offset=-1'],
    ['colour=red'],
  ])('refuses ?%s', async (query) => {
    expect((await call('GET', `/v1/cases?${query}`)).status).toBe(400);
  });
});

describe('who may do what', () => {
  it('answers 404 for another tenant\u2019s ids, in paths and in bodies (X-09, A-069)', async () => {
    const theirs = { tenant: 'other-corp' };
    const alertId = await alert();
    const { incidentId } = await incident();
    const { id, etag } = await newCase({ alert_ids: [alertId] });
    const own = await newCase({}, theirs);
    const ifMatch = { ...theirs, headers: { 'if-match': etag } };
    const answers = await Promise.all([
      call('GET', `/v1/cases/${id}`, undefined, theirs),
      call('PATCH', `/v1/cases/${id}`, { title: 'mine' }, ifMatch),
      call('PUT', `/v1/cases/${id}`, { title: 'mine' }, ifMatch),
      call('GET', `/v1/cases/${id}/alerts`, undefined, theirs),
      call('POST', `/v1/cases/${id}/alerts`, { alert_id: alertId }, theirs),
      call('POST', `/v1/cases/${own.id}/alerts`, { alert_id: alertId }, theirs),
      call('GET', `/v1/cases/${id}/comments`, undefined, theirs),
      call('POST', `/v1/cases/${id}/comments`, { body: 'hello' }, theirs),
      call('GET', `/v1/cases/${id}/timeline`, undefined, theirs),
      call('GET', `/v1/alerts/${alertId}/cases`, undefined, theirs),
      call('POST', '/v1/cases', { title: 't', alert_ids: [alertId] }, theirs),
      call('POST', '/v1/cases', { title: 't', incident_id: incidentId }, theirs),
      call('GET', '/v1/cases/not-a-uuid'),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 404));
    const list = await call('GET', '/v1/cases', undefined, theirs);
    expect(list.body.items.map((item: { id: string }) => item.id)).toEqual([own.id]);
  });

  it('lets an auditor read and not write, and a platform administrator do neither', async () => {
    const { id } = await newCase();
    const auditor = { role: 'auditor' as const };
    expect((await call('GET', `/v1/cases/${id}`, undefined, auditor)).status).toBe(200);
    const refused = await Promise.all([
      call('POST', '/v1/cases', { title: 't' }, auditor),
      call('PATCH', `/v1/cases/${id}`, { title: 't' }, auditor),
      call('PUT', `/v1/cases/${id}`, { title: 't' }, auditor),
      call('POST', `/v1/cases/${id}/comments`, { body: 't' }, auditor),
      call('POST', `/v1/cases/${id}/alerts`, { alert_id: id }, auditor),
      call('GET', `/v1/cases/${id}`, undefined, { role: 'platform_admin' }),
    ]);
    expect(refused.map((answer) => answer.status)).toEqual(refused.map(() => 403));
  });
});
