import { systemContext } from '@tocsin/auth/tenant-context.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { uuidV5 } from '@tocsin/kernel/uuid.ts';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import { MemorySearchStore } from '@tocsin/search/memory/memory-search-store.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { RESUME_MS_MAX, startOf } from './domain/stream-position.ts';
import { type Follow, follow, HEARTBEAT_MS, RECHECK_MS } from './follow.ts';
import { WINDOW_ITEMS_MAX } from './read-window.ts';

const START = Date.UTC(2026, 0, 1);
const tenant = systemContext(parseTenantId('acme-corp'), 'test');

interface Message {
  readonly event: string;
  readonly id: string;
  readonly data: { readonly message?: string; readonly reason?: string; readonly code?: string };
}

let clock: ManualClock;
let store: MemorySearchStore;
let waiting: number | undefined;
let offset: number;

beforeEach(() => {
  clock = new ManualClock(START);
  store = new MemorySearchStore(clock);
  waiting = undefined;
  offset = 0;
});

function idOf(name: string): string {
  return uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', name);
}

/** Stores events that were received at a time. */
async function receive(at: number, ...messages: readonly string[]): Promise<void> {
  offset += 1;
  const rows = messages.map((message) => ({
    tenant_id: tenant.tenantId,
    event_id: idOf(message),
    timestamp: '2020-01-01T00:00:00.000Z',
    ingested_at: new Date(at).toISOString(),
    severity: 5,
    category: 'auth',
    message,
  }));
  await store.append(tenant, 'events', rows, { source: 'test', offset });
}

/** Follows in the background; what came is in `messages`. */
async function watch(
  change: Partial<Follow> & { readonly q?: string; readonly last?: string } = {},
) {
  const { q = '', last, ...rest } = change;
  const stop = new AbortController();
  const messages: Message[] = [];
  const heartbeats = { count: 0 };
  const stream = follow({
    kind: {
      name: 'event',
      collection: 'events',
      timeField: 'ingested_at',
      idField: 'event_id',
      store,
      oldestWaiting: async () => waiting,
    },
    tenant,
    query: parseQuery(q),
    start: startOf(last, clock.now()),
    clock,
    signal: stop.signal,
    admit: async () => undefined,
    onSent: () => undefined,
    onGap: () => undefined,
    ...rest,
  });
  const done = (async () => {
    for await (const text of stream) {
      const fields = Object.fromEntries(text.split('\n').map((line) => line.split(/: (.*)/s)));
      if (text.startsWith(':')) heartbeats.count += 1;
      else messages.push({ event: fields.event, id: fields.id, data: JSON.parse(fields.data) });
    }
  })();
  // Until it waits for the clock.
  await clock.advance(0);
  const seen = () =>
    messages.filter(({ event }) => event === 'event').map(({ data }) => data.message);
  return {
    messages,
    heartbeats,
    seen,
    async end() {
      stop.abort();
      await done;
    },
    done,
  };
}

describe('a stream', () => {
  it('sends what comes after it was opened, in the order it was received, each once', async () => {
    await receive(START - 5000, 'before');
    const stream = await watch();
    await receive(START + 20, 'second');
    await receive(START + 10, 'first');
    await clock.advance(3000);
    await receive(START + 2500, 'third');
    await clock.advance(5000);
    expect(stream.seen()).toEqual(['first', 'second', 'third']);
    await stream.end();
  });

  it('sends only what the search finds', async () => {
    const stream = await watch({ q: 'message:second' });
    await receive(START + 10, 'first', 'second');
    await clock.advance(3000);
    expect(stream.seen()).toEqual(['second']);
    await stream.end();
  });

  it('waits for what was received earlier and is not stored yet, so nothing is passed over', async () => {
    const stream = await watch();
    waiting = START + 100;
    await receive(START + 200, 'stored first');
    await clock.advance(60_000);
    expect(stream.seen()).toEqual([]);
    await receive(START + 100, 'stored late');
    waiting = undefined;
    await clock.advance(2000);
    expect(stream.seen()).toEqual(['stored late', 'stored first']);
    await stream.end();
  });

  it('goes on behind the last message that a client saw, also within one millisecond', async () => {
    await receive(START - 60_000, 'a', 'b', 'c');
    const first = await watch({ last: `${START - 61_000}-${idOf('x')}` });
    await clock.advance(2000);
    const sent = first.messages.filter(({ event }) => event === 'event');
    expect(sent).toHaveLength(3);
    await first.end();
    for (const [index, message] of sent.entries()) {
      const again = await watch({ last: message.id });
      await clock.advance(2000);
      expect(again.seen()).toEqual(sent.slice(index + 1).map(({ data }) => data.message));
      await again.end();
    }
  });

  it('tells a gap when the client left off too long ago', async () => {
    await receive(START - RESUME_MS_MAX - 60_000, 'too old');
    await receive(START - RESUME_MS_MAX + 60_000, 'kept');
    const stream = await watch({ last: `${START - 2 * RESUME_MS_MAX}-${idOf('x')}` });
    await clock.advance(30_000);
    expect(stream.messages[1]).toMatchObject({ event: 'gap', data: { reason: 'too_old' } });
    expect(stream.seen()).toEqual(['kept']);
    await stream.end();
  });

  it('sends all of a burst, and tells a gap when one moment holds too much', async () => {
    const names = (at: string, count: number) =>
      Array.from({ length: count }, (_, index) => `${at}-${index}`);
    const stream = await watch();
    for (let part = 0; part < 3; part += 1) {
      await receive(START + 100 + part * 100, ...names(`part-${part}`, WINDOW_ITEMS_MAX - 1));
    }
    await clock.advance(5000);
    expect(stream.seen()).toHaveLength(3 * (WINDOW_ITEMS_MAX - 1));
    await receive(START + 4600, ...names('burst', WINDOW_ITEMS_MAX + 300));
    await clock.advance(5000);
    const gaps = stream.messages.filter(({ event }) => event === 'gap');
    expect(gaps).toMatchObject([{ data: { reason: 'too_many' } }]);
    await stream.end();
  });

  it('says that it lives while nothing comes', async () => {
    const stream = await watch();
    await clock.advance(4 * HEARTBEAT_MS);
    expect(stream.heartbeats.count).toBeGreaterThanOrEqual(3);
    await stream.end();
    expect(clock.pending).toBe(0);
  });

  it('ends with a reason within seconds when its caller may not read any more', async () => {
    let suspended = false;
    const stream = await watch({
      admit: async () => {
        if (suspended) throw new Problem('forbidden', { detail: 'the tenant is suspended' });
      },
    });
    await clock.advance(RECHECK_MS * 2);
    expect(stream.messages).toHaveLength(1);
    suspended = true;
    await clock.advance(RECHECK_MS + 1000);
    await stream.done;
    expect(stream.messages.at(-1)).toMatchObject({ event: 'end', data: { code: 'forbidden' } });
  });

  it('lives through an outage of the store and of what is asked about its caller', async () => {
    let down = true;
    const outage = async () => {
      if (down) throw new Problem('unavailable', { detail: 'away' });
    };
    const kind = {
      name: 'event',
      collection: 'events',
      timeField: 'ingested_at',
      idField: 'event_id',
      store: {
        search: async (...asked: Parameters<MemorySearchStore['search']>) => {
          await outage();
          return store.search(...asked);
        },
      },
      oldestWaiting: async () => undefined,
    } as const;
    const stream = await watch({ kind, admit: outage });
    await receive(START + 10, 'first');
    await clock.advance(20_000);
    expect(stream.seen()).toEqual([]);
    down = false;
    await clock.advance(3000);
    expect(stream.seen()).toEqual(['first']);
    await stream.end();
  });
});

describe('Last-Event-ID', () => {
  it.each([
    'x',
    '12',
    `-1-${idOf('a')}`,
    `1-${idOf('a')}x`,
    `99999999999999999-${idOf('a')}`,
  ])('is refused when it is %s', (text) => {
    expect(() => startOf(text, START)).toThrow(Problem);
  });

  it('of the future begins now', () => {
    expect(startOf(`${START + 5000}-${idOf('a')}`, START).position.at).toBe(START);
  });
});
