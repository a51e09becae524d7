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
import { insertAlert } from './testing/workflow-rows.ts';

let db: TestDatabase;
let api: TestServer;

beforeAll(async () => {
  db = await openTestDatabase();
  const world = systemWorld();
  const search = new PostgresSearchStore(db.database, world.clock);
  api = await testServer(createCaseService({ database: db.database, search, world }).routes);
});
afterAll(async () => {
  await api.server.close();
  await db.drop();
});

interface Caller {
  readonly tenant?: string;
  readonly subject?: string;
  readonly role?: 'soc_analyst' | 'auditor';
  readonly etag?: string;
}

async function call(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  url: string,
  body?: object,
  { etag, ...who }: Caller = {},
) {
  const answer = await api.server.app.inject({
    method,
    url,
    headers: {
      ...(await api.headers(who)),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(etag === undefined ? {} : { 'if-match': etag }),
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return {
    status: answer.statusCode,
    body: answer.body === '' ? undefined : answer.json(),
    etag: String(answer.headers['etag']),
  };
}

async function newCase(body: object = {}, caller: Caller = {}): Promise<string> {
  const { body: made } = await call('POST', '/v1/cases', { title: 'Odd logins', ...body }, caller);
  return String(made.id);
}

function auditOf(id: string) {
  return db.database.inTenant(testTenant(), (tx) =>
    tx
      .selectFrom('audit_log')
      .select(['action', 'before', 'after'])
      .where('object_id', '=', id)
      .orderBy('at')
      .execute(),
  );
}

describe('comments (A-067)', () => {
  it('are edited by their author, and every earlier text stays', async () => {
    const id = await newCase();
    const added = await call('POST', `/v1/cases/${id}/comments`, { body: 'Frist' });
    expect(added).toMatchObject({
      status: 201,
      etag: '"1"',
      body: { version: 1, edited_at: null },
    });
    const url = `/v1/cases/${id}/comments/${added.body.id}`;
    const edited = await call('PATCH', url, { body: 'First' }, { etag: '"1"' });
    expect(edited).toMatchObject({
      status: 200,
      etag: '"2"',
      body: { body: 'First', version: 2, edited_by: 'ada', edited_at: expect.any(String) },
    });
    await call('PATCH', url, { body: 'First!' }, { etag: '"2"' });
    const { body } = await call('GET', `${url}/history`);
    expect(body.items.map((item: { body: string }) => item.body)).toEqual([
      'Frist',
      'First',
      'First!',
    ]);
    const listed = await call('GET', `/v1/cases/${id}/comments`);
    expect(listed.body.items).toMatchObject([{ body: 'First!', version: 3, created_by: 'ada' }]);
    expect(await auditOf(id)).toMatchObject([
      { action: 'case.create' },
      { action: 'case.comment' },
      { action: 'case.edit_comment', before: { body: 'Frist' }, after: { body: 'First' } },
      { action: 'case.edit_comment', before: { body: 'First' }, after: { body: 'First!' } },
    ]);
  });

  it('are not edited by others, without an ETag, with a stale one, or under another case', async () => {
    const id = await newCase();
    const { body } = await call('POST', `/v1/cases/${id}/comments`, { body: 'Mine' });
    const url = `/v1/cases/${id}/comments/${body.id}`;
    const edit = { body: 'Yours' };
    const other = { subject: 'bob', etag: '"1"' };
    expect((await call('PATCH', url, edit, other)).status).toBe(403);
    expect((await call('PATCH', url, edit)).status).toBe(428);
    expect((await call('PATCH', url, edit, { etag: '"9"' })).status).toBe(412);
    const elsewhere = `/v1/cases/${await newCase()}/comments/${body.id}`;
    expect((await call('PATCH', elsewhere, edit, { etag: '"1"' })).status).toBe(404);
    const foreign = { tenant: 'umbrella', etag: '"1"' };
    expect((await call('PATCH', url, edit, foreign)).status).toBe(404);
    expect((await call('GET', `${url}/history`, undefined, foreign)).status).toBe(404);
  });
});

describe('links', () => {
  it('lead to another case and to a page, are seen from both ends, once each, and are removed', async () => {
    const [one, two] = [await newCase(), await newCase()];
    const url = `/v1/cases/${one}/links`;
    const link = { case_id: two, relation: 'duplicate_of' };
    const made = await call('POST', url, link);
    expect(made).toMatchObject({ status: 201, body: { other_case_id: two, url: null } });
    expect((await call('POST', url, link)).status).toBe(200);
    const page = { url: 'https://wiki.example/runbook', title: 'Runbook' };
    expect((await call('POST', url, page)).status).toBe(201);
    expect((await call('GET', url)).body.items).toHaveLength(2);
    const { body } = await call('GET', `/v1/cases/${two}/links`);
    expect(body).toMatchObject({ items: [], linked_from: [{ case_id: one }] });
    expect((await call('DELETE', `${url}/${made.body.id}`)).status).toBe(204);
    expect((await call('DELETE', `${url}/${made.body.id}`)).status).toBe(404);
    expect((await auditOf(one)).map((row) => row.action)).toEqual([
      'case.create',
      'case.add_link',
      'case.add_link',
      'case.remove_link',
    ]);
  });

  it.each([
    ['nothing', {}],
    ['two targets', { case_id: crypto.randomUUID(), url: 'https://a.example' }],
    ['a script', { url: 'javascript:alert(1)' }],
    ['a password', { url: 'https://ada:secret@a.example' }],
    ['a relation to a page', { url: 'https://a.example', relation: 'related' }],
  ])('to %s are refused', async (_, link) => {
    expect((await call('POST', `/v1/cases/${await newCase()}/links`, link)).status).toBe(400);
  });

  it("to the case itself, or another tenant's, are refused", async () => {
    const id = await newCase();
    const foreign = await newCase({}, { tenant: 'umbrella' });
    expect((await call('POST', `/v1/cases/${id}/links`, { case_id: id })).status).toBe(400);
    expect((await call('POST', `/v1/cases/${id}/links`, { case_id: foreign })).status).toBe(404);
  });
});

describe('taking an alert off a case', () => {
  it('removes the link, keeps the alert, and is on record', async () => {
    const alertId = await insertAlert(db.database, testTenant());
    const id = await newCase({ alert_ids: [alertId] });
    expect((await call('DELETE', `/v1/cases/${id}/alerts/${alertId}`)).status).toBe(204);
    expect((await call('GET', `/v1/cases/${id}/alerts`)).body.items).toEqual([]);
    expect((await call('GET', `/v1/alerts/${alertId}/cases`)).body.items).toEqual([]);
    expect((await call('DELETE', `/v1/cases/${id}/alerts/${alertId}`)).status).toBe(404);
    expect(await auditOf(id)).toContainEqual({
      action: 'case.unlink_alert',
      before: expect.objectContaining({ alert_id: alertId }),
      after: null,
    });
  });
});

describe('searching cases (A-063)', () => {
  const tenant = 'searcher';
  const titles = (answer: { body: { items: { title: string }[] } }) =>
    answer.body.items.map((item) => item.title);

  beforeAll(async () => {
    await newCase({ title: 'Ransomware on web-1', severity: 9, assigned_to: 'Ada' }, { tenant });
    await newCase({ title: 'Odd logins', severity: 3, description: 'of bob' }, { tenant });
    await newCase({ title: 'Odd logins again', severity: 6, assigned_to: 'bob' }, { tenant });
    await newCase({ title: 'Ransomware elsewhere' }, { tenant: 'umbrella' });
  });

  it.each([
    ['ransomware', ['Ransomware on web-1']],
    ['assigned_to:ada', ['Ransomware on web-1']],
    ['not assigned_to:*', ['Odd logins']],
    ['bob', ['Odd logins again', 'Odd logins']],
    ['severity >= 5', ['Odd logins again', 'Ransomware on web-1']],
    ['title:odd*again', ['Odd logins again']],
    ['created_by:ADA and status:open and odd', ['Odd logins again', 'Odd logins']],
    ['created_at > now+1d', []],
  ])('%s', async (q, found) => {
    const url = `/v1/cases?q=${encodeURIComponent(q)}`;
    expect(titles(await call('GET', url, undefined, { tenant }))).toEqual(found);
  });

  it('joins the filters of the list to the search, and pages by cursor', async () => {
    const ask = (query: string) => call('GET', `/v1/cases?${query}`, undefined, { tenant });
    expect(titles(await ask('q=odd&severity_min=5'))).toEqual(['Odd logins again']);
    expect(titles(await ask('q=odd&assigned_to=bob&sort=oldest'))).toEqual(['Odd logins again']);
    const first = await ask('q=odd&limit=1');
    const cursor = encodeURIComponent(first.body.next_cursor);
    expect(titles(await ask(`q=odd&limit=1&cursor=${cursor}`))).toEqual(['Odd logins']);
    expect((await ask(`q=bob&limit=1&cursor=${cursor}`)).status).toBe(400);
    expect((await ask('q=odd&sort=severity')).status).toBe(400);
    expect((await ask('q=odd&offset=5')).status).toBe(400);
  });

  it('orders lists by severity, last change and age, with the filters', async () => {
    const ask = (query: string) => call('GET', `/v1/cases?${query}`, undefined, { tenant });
    expect(titles(await ask('sort=severity&limit=2'))).toEqual([
      'Ransomware on web-1',
      'Odd logins again',
    ]);
    expect(titles(await ask('sort=oldest&limit=1'))).toEqual(['Ransomware on web-1']);
    expect(titles(await ask('sort=updated&severity_min=4&limit=1'))).toEqual(['Odd logins again']);
    expect(titles(await ask('assigned_to=ada'))).toEqual([]);
    expect(titles(await ask('assigned_to=Ada'))).toEqual(['Ransomware on web-1']);
  });

  it('shows the place of a fault in the text', async () => {
    const { status, body } = await call('GET', '/v1/cases?q=odd%20and%20rule_id:x');
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'invalid_query', position: 8 });
  });
});
