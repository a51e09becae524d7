import * as fs from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { eventDocument } from '../conformance/event-documents.ts';
import { NOW, otherTenant, tenant } from '../conformance/laboratory.ts';
import { describeSearchStore } from '../conformance.ts';
import { MemorySearchStore } from '../memory/memory-search-store.ts';
import { ALL_TIME, type SearchStore } from '../search-store.ts';
import { RemoteSearchStore } from './remote-search-store.ts';
import { createSearchHandler, type SearchHandlerOptions } from './search-handler.ts';
import { SearchSlots } from './search-slots.ts';

const CREDENTIAL = 'c'.repeat(40);
const servers: Server[] = [];
const folders: string[] = [];

async function serve(options: Partial<SearchHandlerOptions> & { store: SearchStore }) {
  const folder = await fs.mkdtemp(join(tmpdir(), 'tocsin-search-socket-'));
  folders.push(folder);
  const socketPath = join(folder, 's');
  const handler = createSearchHandler({
    credential: CREDENTIAL,
    clock: new ManualClock(NOW),
    onFault: () => undefined,
    ...options,
  });
  const server = createServer((request, response) => {
    void handler(request, response).then((handled) => handled || response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  servers.push(server);
  return socketPath;
}

function remote(socketPath: string, credential = CREDENTIAL, clock = new ManualClock(NOW)) {
  return new RemoteSearchStore({ socketPath, credential, clock });
}

afterAll(async () => {
  for (const server of servers) server.close();
  for (const server of servers) server.closeAllConnections();
  for (const folder of folders) await fs.rm(folder, { recursive: true, force: true });
});

const request = {
  collection: 'events' as const,
  query: parseQuery('*'),
  range: ALL_TIME,
  limit: 10,
};

const behind = new Map<string, MemorySearchStore>();
describeSearchStore({
  name: 'RemoteSearchStore',
  collection: 'events',
  open: async ({ folder, clock }) => {
    const store = new MemorySearchStore(clock);
    behind.set(folder, store);
    return remote(await serve({ store }));
  },
  load: async ({ folder }, owner, documents) => {
    const store = behind.get(folder);
    for (const document of documents) {
      await store?.put(owner, 'events', String(document['event_id']), document);
    }
  },
});

async function codeOf(answer: Promise<unknown>): Promise<string> {
  const error = await answer.then(
    () => undefined,
    (fault: unknown) => fault,
  );
  return isProblem(error) ? error.code : String(error);
}

/** A store whose searches end when the test says. */
class SlowStore extends MemorySearchStore {
  readonly #ends: (() => void)[] = [];
  started = 0;
  override async search(...args: Parameters<SearchStore['search']>) {
    this.started += 1;
    await new Promise<void>((resolve) => this.#ends.push(resolve));
    return super.search(...args);
  }
  end(): void {
    this.#ends.shift()?.();
  }
  async untilStarted(count: number): Promise<void> {
    while (this.started < count) await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('RemoteSearchStore', () => {
  it('passes problems on as they are, with their members', async () => {
    const store = remote(await serve({ store: new MemorySearchStore(new ManualClock(NOW)) }));
    await expect(
      store.search(tenant, { ...request, query: parseQuery('a and user:b') }),
    ).rejects.toMatchObject({
      code: 'invalid_query',
      members: { position: 6, expected: expect.any(String) },
    });
    await store.close();
  });

  it('is refused with a wrong credential, and says so before anything else', async () => {
    const socketPath = await serve({ store: new MemorySearchStore(new ManualClock(NOW)) });
    for (const credential of ['', 'c', 'd'.repeat(40)]) {
      const store = remote(socketPath, credential);
      expect(await codeOf(store.search(tenant, request))).toBe('unauthenticated');
      await store.close();
    }
  });

  it('is unavailable when the process is not there', async () => {
    const store = remote('/nonexistent/socket');
    expect(await codeOf(store.search(tenant, request))).toBe('unavailable');
    await store.close();
  });

  it('answers for the tenant of the context, under its actor', async () => {
    const memory = new MemorySearchStore(new ManualClock(NOW));
    await memory.put(otherTenant, 'events', 'x', eventDocument('x', {}, otherTenant.tenantId));
    const store = remote(await serve({ store: memory }));
    expect((await store.search(tenant, request)).items).toEqual([]);
    expect((await store.search(otherTenant, request)).items).toHaveLength(1);
    await store.close();
  });

  it('ends at the deadline though the store goes on, and keeps the slot until it is done', async () => {
    const clock = new ManualClock(NOW);
    const slow = new SlowStore(clock);
    const slots = new SearchSlots(clock);
    const store = remote(await serve({ store: slow, clock, slots }), CREDENTIAL, clock);
    const answer = codeOf(store.search(tenant, { ...request, deadlineMs: 500 }));
    await slow.untilStarted(1);
    await clock.advance(501);
    expect(await answer).toBe('deadline_exceeded');
    expect(slots.running).toBe(1);
    slow.end();
    while (slots.running > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(clock.pending).toBe(0);
    await store.close();
  });

  it('runs at most two searches of a tenant and four in all; the next wait, then are refused', async () => {
    const clock = new ManualClock(NOW);
    const slow = new SlowStore(clock);
    const slots = new SearchSlots(clock);
    const store = remote(await serve({ store: slow, clock, slots }), CREDENTIAL, clock);
    const third = systemContext(parseTenantId('initech'), 'test');
    const owners = [tenant, tenant, tenant, otherTenant, otherTenant, third];
    const answers = owners.map((owner) => codeOf(store.search(owner, request)));
    await slow.untilStarted(4);
    while (slots.waiting < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(slots.running).toBe(4);
    await clock.advance(2001);
    for (let index = 0; index < 4; index += 1) slow.end();
    const codes = await Promise.all(answers);
    expect(codes.filter((code) => code === 'too_many_requests')).toHaveLength(2);
    expect(slots.refused).toBe(2);
    expect(slots.running).toBe(0);
    await store.close();
  });
});

describe('SearchSlots', () => {
  it('gives a freed slot to the first that may have it', async () => {
    const slots = new SearchSlots(new ManualClock(NOW));
    const first = await slots.take(tenant.tenantId);
    await slots.take(tenant.tenantId);
    let got = false;
    const waiting = slots.take(tenant.tenantId).then(() => {
      got = true;
    });
    await slots.take(otherTenant.tenantId);
    expect(got).toBe(false);
    first();
    await waiting;
    expect(slots.running).toBe(3);
  });

  it('lets no more than eight of a tenant wait', async () => {
    const slots = new SearchSlots(new ManualClock(NOW));
    await slots.take(tenant.tenantId);
    await slots.take(tenant.tenantId);
    for (let index = 0; index < 8; index += 1) void slots.take(tenant.tenantId);
    expect(await codeOf(slots.take(tenant.tenantId))).toBe('too_many_requests');
    expect(slots.waiting).toBe(8);
  });
});
