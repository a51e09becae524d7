import type { Role } from '@tocsin/auth/role.ts';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import {
  openTestDatabase,
  type TestDatabase,
  testTenant,
} from '@tocsin/database/testing/test-database.ts';
import { type TestServer, testServer } from '@tocsin/http/testing/test-server.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { EVENT_SEEDS, eventDocuments } from '@tocsin/search/conformance/event-documents.ts';
import { MemorySearchStore } from '@tocsin/search/memory/memory-search-store.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSearchService } from './service.ts';

const clock = new ManualClock(Date.UTC(2026, 0, 4, 12));
const count = Object.keys(EVENT_SEEDS).length;
let http: TestServer;
let db: TestDatabase;

beforeAll(async () => {
  const store = new MemorySearchStore(clock);
  for (const tenant of ['acme-corp', 'globex']) {
    const id = parseTenantId(tenant);
    const rows = eventDocuments(id);
    const source = { source: tenant, offset: 1 };
    await store.append(systemContext(id, 'test'), 'events', rows, source);
  }
  db = await openTestDatabase();
  const { database } = db;
  http = await testServer(createSearchService({ store, clock, database }).routes);
});
afterAll(async () => {
  await http.server.close();
  await db.drop();
});

async function get(path: string, parameters: Record<string, string>, role: Role = 'soc_analyst') {
  const url = `${path}?${new URLSearchParams(parameters)}`;
  return http.server.app.inject({ method: 'GET', url, headers: await http.headers({ role }) });
}

async function post(payload: object) {
  const headers = await http.headers();
  return http.server.app.inject({ method: 'POST', url: '/v1/events/search', headers, payload });
}

describe('GET /v1/events/search', () => {
  it('gives all events, newest first, when nothing is asked', async () => {
    const answer = await get('/v1/events/search', {});
    expect(answer.statusCode).toBe(200);
    const { items, next_cursor } = answer.json();
    expect(items).toHaveLength(count);
    expect(next_cursor).toBeNull();
    const times = items.map((item: { timestamp: string }) => item.timestamp);
    expect(times).toEqual([...times].sort().reverse());
  });

  it('finds what a query says, and nothing of another tenant', async () => {
    const q = 'category:auth and actor.name:bob* and severity >= 5';
    const { items } = (await get('/v1/events/search', { q })).json();
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ tenant_id: 'acme-corp', actor: { name: 'Bob.Miller' } });
  });

  it('takes the same members in a body', async () => {
    const { items } = (await post({ q: 'severity:high', order: 'oldest', limit: 1 })).json();
    expect(items).toMatchObject([{ severity: 8 }]);
    expect((await post({ q: 5 })).statusCode).toBe(400);
    expect((await post({ query: 'x' })).statusCode).toBe(400);
  });

  it('points at the character of a fault, in the text as it was asked', async () => {
    for (const [q, position] of [
      ['category:auth and (x', 20],
      ['category:auth and user:bob', 18],
      ['severity:loud', 9],
    ] as const) {
      const answer = await get('/v1/events/search', { q });
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({ code: 'invalid_query', position });
      const lines = answer.json().detail.split('\n');
      expect(lines.slice(1)).toEqual([`  ${q}`, `  ${' '.repeat(position)}^`]);
    }
  });

  it.each([
    [{ from: '2026-01-03' }, 4],
    [{ from: '2026-01-02', to: '2026-01-03' }, 2],
    [{ to: '2026-01-01T00:00:00Z' }, 2],
    [{ from: 'now-1d' }, 2],
    [{ from: '0', to: '0' }, 0],
  ])('bounds the time by %j', async (range, expected) => {
    expect((await get('/v1/events/search', range)).json().items).toHaveLength(expected);
  });

  it('refuses what is no time, no order, or a limit past the bounds', async () => {
    for (const parameters of [
      { from: 'yesterday' },
      { to: '2026-02-30' },
      { from: '2026-01-02', to: '2026-01-01' },
      { order: 'random' },
      { limit: '0' },
      { limit: '201' },
      { other: 'x' },
    ]) {
      const answer = await get('/v1/events/search', parameters as Record<string, string>);
      expect(answer.statusCode, JSON.stringify(parameters)).toBe(400);
      expect(answer.json().errors).toHaveLength(1);
    }
  });

  it('names the member at fault, in the query or the body', async () => {
    const pointer = (answer: { json(): { errors: { pointer: string }[] } }) =>
      answer.json().errors[0]?.pointer;
    expect(pointer(await get('/v1/events/search', { from: 'x' }))).toBe('/query/from');
    expect(pointer(await post({ to: 'x' }))).toBe('/to');
    expect(pointer(await get('/v1/events/histogram', { interval: 'x' }))).toBe('/query/interval');
  });

  it('gives pages, and `now` keeps its meaning on the next page', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const more: Record<string, string> = cursor === '' ? {} : { cursor };
      const answer = await get('/v1/events/search', { from: 'now-7d', limit: '3', ...more });
      expect(answer.statusCode).toBe(200);
      seen.push(...answer.json().items.map((item: { event_id: string }) => item.event_id));
      cursor = answer.json().next_cursor;
      await clock.advance(1000);
    }
    expect(new Set(seen).size).toBe(count - 1);
  });

  it('refuses a cursor with another question, and one that is none', async () => {
    const first = (await get('/v1/events/search', { limit: '2' })).json();
    const cursor = first.next_cursor as string;
    for (const parameters of [
      { cursor, q: 'severity > 0' },
      { cursor, from: '2020-01-01' },
      { cursor, order: 'oldest' },
      { cursor: 'x' },
      { cursor: `${cursor}x` },
    ]) {
      const answer = await get('/v1/events/search', parameters as Record<string, string>);
      expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_cursor' });
    }
  });

  it('is for those who may read events', async () => {
    expect((await get('/v1/events/search', {}, 'auditor')).statusCode).toBe(200);
    expect((await get('/v1/events/search', {}, 'platform_admin')).statusCode).toBe(403);
  });
});

describe('GET /v1/events/histogram', () => {
  it('counts in bars of the width asked for', async () => {
    const answer = await get('/v1/events/histogram', { interval: '1d', from: '2026-01-01' });
    expect(answer.json()).toEqual({
      interval_seconds: 86_400,
      items: [
        { timestamp: '2026-01-02T00:00:00.000Z', count: 2 },
        { timestamp: '2026-01-03T00:00:00.000Z', count: 2 },
        { timestamp: '2026-01-04T00:00:00.000Z', count: 2 },
      ],
    });
  });

  it('chooses a width for what is found when none is asked for', async () => {
    const answer = await get('/v1/events/histogram', { q: 'severity >= 2', from: '2026-01-01' });
    expect(answer.json().interval_seconds).toBe(3600);
    const none = await get('/v1/events/histogram', { q: 'nothing-at-all' });
    expect(none.json()).toEqual({ interval_seconds: 1, items: [] });
  });

  it('counts per value of a field', async () => {
    const answer = await get('/v1/events/histogram', {
      interval: '365d',
      from: '2026-01-01',
      by: 'tags',
      q: 'tags:*',
    });
    const values = answer.json().items.map((item: { value: string }) => item.value);
    expect(values).toEqual(['100%', 'Prod', 'a', 'b c', 'ssh', 'under_score']);
  });

  it('refuses an interval or a field that does not fit', async () => {
    for (const parameters of [{ interval: '5' }, { interval: '0s' }, { interval: '400d' }]) {
      const answer = await get('/v1/events/histogram', parameters);
      expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_request' });
    }
    const answer = await get('/v1/events/histogram', { interval: '1d', by: 'message', q: 'x' });
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_query' });
  });
});

describe('GET /v1/events/{event_id}', () => {
  it("gives one event, and 404 for another tenant's", async () => {
    const [mine] = eventDocuments();
    const path = `/v1/events/${mine?.['event_id']}`;
    expect((await get(path, {})).json()).toMatchObject({ event_id: mine?.['event_id'] });
    expect((await get('/v1/events/00000000-0000-4000-8000-000000000000', {})).statusCode).toBe(404);
    expect((await get('/v1/events/x', {})).statusCode).toBe(400);
  });
});

describe('GET /v1/events/export', () => {
  const PATH = '/v1/events/export';
  const linesOf = (body: string) =>
    body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  const exportsOnRecord = () =>
    db.database.inTenant(testTenant(), (tx) =>
      tx
        .selectFrom('audit_log')
        .select(['actor', 'after', 'request_id'])
        .where('action', '=', 'events.export')
        .execute(),
    );

  it('gives what a search finds, a line each, and says at the end that it is all', async () => {
    const answer = await get(PATH, { order: 'oldest' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
    const { items } = (await get('/v1/events/search', { order: 'oldest' })).json();
    expect(linesOf(answer.body)).toEqual([
      ...items,
      { export_end: { events: count, complete: true } },
    ]);
    const none = await get(PATH, { q: 'actor.name:nobody-at-all' });
    expect(linesOf(none.body)).toEqual([{ export_end: { events: 0, complete: true } }]);
  });

  it('is on record with who asked and for what', async () => {
    const answer = await get(PATH, { q: 'severity:high', from: 'now-7d' }, 'auditor');
    const own = (await exportsOnRecord()).find(
      ({ request_id }) => request_id === answer.headers['x-request-id'],
    );
    expect(own).toMatchObject({
      actor: 'ada',
      after: { q: 'severity:high', from: 'now-7d', to: null, order: 'newest' },
    });
  });

  it('refuses a faulty query, a range or a member that is none, and leaves no row of it', async () => {
    const before = (await exportsOnRecord()).length;
    for (const parameters of [{ q: 'severity:loud' }, { from: 'x' }, { limit: '5' }]) {
      const answer = await get(PATH, parameters as Record<string, string>);
      expect(answer.statusCode).toBe(400);
    }
    expect(await exportsOnRecord()).toHaveLength(before);
  });

  it('is not made for who may not read events', async () => {
    expect((await get(PATH, {}, 'platform_admin')).statusCode).toBe(403);
  });
});
