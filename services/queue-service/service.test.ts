import type { OpenedBus } from '@tocsin/bus/conformance/bus-case.ts';
import { until } from '@tocsin/bus/conformance/bus-case.ts';
import { openLmdbTestBus } from '@tocsin/bus/testing/open-test-bus.ts';
import { sampleFrame } from '@tocsin/bus/testing/sample-frame.ts';
import {
  openTestDatabase,
  type TestDatabase,
  testTenant,
} from '@tocsin/database/testing/test-database.ts';
import { type TestServer, testServer } from '@tocsin/http/testing/test-server.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decide } from './decisions.ts';
import { createQueueService } from './service.ts';

const TOPIC = 'secplat.jobs.scan';
const LETTERS = `/v1/queues/${TOPIC}/workers/dead-letters`;

let db: TestDatabase;
let opened: OpenedBus;
let api: TestServer;

beforeEach(async () => {
  db = await openTestDatabase();
  opened = await openLmdbTestBus({});
  const queues = [
    { topic: TOPIC, group: 'workers' },
    { topic: 'secplat.events.notify', group: 'notify' },
  ] as const;
  const service = createQueueService({ bus: opened.bus, database: db.database, queues });
  api = await testServer(service.routes);
});
afterEach(async () => {
  await api.server.close();
  await opened.dispose();
  await db.drop();
});

interface Caller {
  readonly tenant?: string;
  readonly role?: 'tenant_admin' | 'soc_analyst' | 'auditor';
}

async function call(method: 'GET' | 'POST' | 'DELETE', url: string, caller: Caller = {}) {
  const headers = await api.headers({ role: 'tenant_admin', ...caller });
  const answer = await api.server.app.inject({ method, url, headers });
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() };
}

function job(name: string, tenant = 'acme-corp') {
  return sampleFrame([name], {
    topic: TOPIC,
    contentType: 'application/x-ndjson',
    tenantId: parseTenantId(tenant),
  });
}

/** A worker that cannot do some jobs, whatever it tries. */
async function work(done: string[], isPoison: (name: string) => boolean) {
  return opened.bus.consumeWork(TOPIC, 'workers', async ({ frame }) => {
    const name = frame.body.toString();
    if (isPoison(name)) throw new Problem('invalid_request', { detail: `${name} is no job` });
    done.push(name);
  });
}

async function lettersOf(caller: Caller = {}) {
  return (await call('GET', LETTERS, caller)).body.items;
}

async function parked(count: number): Promise<void> {
  await expect.poll(async () => (await lettersOf()).length).toBe(count);
}

describe('queues (B-025)', () => {
  it.each([
    '/queue/health',
    '/v1/queues',
  ])("%s shows what waits, of the caller's tenant only", async (path) => {
    await opened.bus.publish([job('a'), job('b'), job('theirs', 'umbrella')]);
    const { body } = await call('GET', path);
    expect(body.queues).toMatchObject([
      { topic: TOPIC, group: 'workers', frames: 2, events: 2, dead_letters: 0 },
      { topic: 'secplat.events.notify', frames: 0, oldest_at: null },
    ]);
  });
});

describe('dead letters (B-022)', () => {
  it('take a poison message aside while the others are done, with its reason (X-19)', async () => {
    const done: string[] = [];
    await work(done, (name) => name.startsWith('poison'));
    await opened.bus.publish([job('one'), job('poison'), job('two')]);
    await parked(1);
    await until(() => done.length === 2);
    expect(done.toSorted()).toEqual(['one', 'two']);
    expect(await lettersOf()).toMatchObject([
      { topic: TOPIC, group: 'workers', body: 'poison', attempts: 1, truncated: false },
    ]);
    expect((await lettersOf())[0].reason).toContain('is no job');
    const { body } = await call('GET', '/queue/health');
    expect(body.queues[0]).toMatchObject({ frames: 0, dead_letters: 1 });
  });

  it('are sent again, done when the fault is gone, and on record', async () => {
    const done: string[] = [];
    let broken = true;
    await work(done, () => broken);
    await opened.bus.publish([job('scan')]);
    await parked(1);
    broken = false;
    const [letter] = await lettersOf();
    expect((await call('POST', `${LETTERS}/${letter.id}/redrive`)).status).toBe(202);
    await until(() => done.length === 1);
    expect(await lettersOf()).toEqual([]);
    expect((await call('POST', `${LETTERS}/${letter.id}/redrive`)).status).toBe(404);
    const rows = await db.database.inTenant(testTenant(), (tx) =>
      tx.selectFrom('audit_log').select(['actor', 'action', 'object_id', 'before']).execute(),
    );
    expect(rows).toMatchObject([
      { actor: 'ada', action: 'queue.redrive', object_id: letter.id, before: { attempts: 1 } },
    ]);
    expect(JSON.stringify(rows)).not.toContain('"body"');
  });

  it('are thrown away', async () => {
    await work([], () => true);
    await opened.bus.publish([job('a'), job('b')]);
    await parked(2);
    const [letter] = await lettersOf();
    expect((await call('DELETE', `${LETTERS}/${letter.id}`)).status).toBe(204);
    expect((await call('DELETE', `${LETTERS}/${letter.id}`)).status).toBe(404);
    expect(await lettersOf()).toHaveLength(1);
  });

  it('come in pages, each once', async () => {
    await work([], () => true);
    await opened.bus.publish(['a', 'b', 'c', 'd', 'e'].map((name) => job(name)));
    await parked(5);
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await call('GET', `${LETTERS}?limit=2${cursor}`);
      seen.push(...body.items.map((item: { body: string }) => item.body));
      if (body.next_cursor === null) break;
      cursor = `&cursor=${encodeURIComponent(body.next_cursor)}`;
    }
    expect(seen.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it("are not another tenant's to see, send or throw away (X-09)", async () => {
    await work([], () => true);
    await opened.bus.publish([job('theirs', 'umbrella')]);
    await expect.poll(async () => (await lettersOf({ tenant: 'umbrella' })).length).toBe(1);
    const [letter] = await lettersOf({ tenant: 'umbrella' });
    expect(await lettersOf()).toEqual([]);
    expect((await call('POST', `${LETTERS}/${letter.id}/redrive`)).status).toBe(404);
    expect((await call('DELETE', `${LETTERS}/${letter.id}`)).status).toBe(404);
    expect(await lettersOf({ tenant: 'umbrella' })).toHaveLength(1);
  });

  it('are handled by administrators of the tenant, and read by its other roles', async () => {
    await work([], () => true);
    await opened.bus.publish([job('a')]);
    await parked(1);
    for (const role of ['soc_analyst', 'auditor'] as const) {
      const [letter] = await lettersOf({ role });
      expect((await call('DELETE', `${LETTERS}/${letter.id}`, { role })).status).toBe(403);
    }
  });

  it('are handled as the audit log says after a crash between the record and the act', async () => {
    const done: string[] = [];
    let broken = true;
    const worker = await work(done, () => broken);
    await opened.bus.publish([job('again'), job('away')]);
    await parked(2);
    await worker.stop();
    const queue = { topic: TOPIC, group: 'workers' } as const;
    const deps = { bus: opened.bus, database: db.database, queues: [queue] };
    const [first, second] = await opened.bus
      .deadLetters(TOPIC, 'workers')
      .list(parseTenantId('acme-corp'), 2);
    if (first === undefined || second === undefined) return;
    const recorded = { queue, requestId: '' };
    await decide(deps, testTenant(), 'queue.redrive', { ...recorded, letter: first });
    await decide(deps, testTenant(), 'queue.discard', { ...recorded, letter: second });
    // What is on record binds: a later decision does not take its place.
    const late = await decide(deps, testTenant(), 'queue.discard', { ...recorded, letter: first });
    expect(late).toBe('queue.redrive');
    broken = false;
    expect(await lettersOf()).toEqual([]);
    await work(done, () => false);
    await expect.poll(() => done).toEqual([first.frame.body.toString()]);
    const rows = await db.database.inTenant(testTenant(), (tx) =>
      tx.selectFrom('audit_log').select(['action', 'object_id']).orderBy('at').execute(),
    );
    expect(rows).toEqual([
      { action: 'queue.redrive', object_id: first.id },
      { action: 'queue.discard', object_id: second.id },
    ]);
  });

  it('of a queue that nobody shows are not found', async () => {
    for (const path of ['raw.events/pipeline', `${TOPIC}/others`, '__proto__/workers']) {
      expect((await call('GET', `/v1/queues/${path}/dead-letters`)).status).toBe(404);
    }
  });
});

describe('a job (B-021, B-024)', () => {
  it('is given to another worker when the first dies over it', async () => {
    let end = (): void => undefined;
    const dead = new Promise<void>((resolve) => {
      end = resolve;
    });
    await opened.bus.consumeWork(TOPIC, 'workers', () => dead, { leaseMs: 5000, concurrency: 1 });
    await opened.bus.publish([job('scan')]);
    await opened.clock.advance(10);
    const done: [string, number][] = [];
    await opened.bus.consumeWork(TOPIC, 'workers', async ({ frame, attempt }) => {
      done.push([frame.body.toString(), attempt]);
    });
    await expect
      .poll(async () => {
        await opened.clock.advance(5000);
        return done;
      })
      .toEqual([['scan', 2]]);
    end();
  });
});
