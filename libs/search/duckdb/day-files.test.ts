import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { systemDisk } from '@tocsin/kernel/disk.ts';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALL_TIME } from '../search-store.ts';
import { ROW_GROUP_ROWS } from './day-file.ts';
import type { DuckDbEventStore } from './duckdb-event-store.ts';
import {
  ACME,
  DAY_MS,
  documentsOf,
  GLOBEX,
  messagesIn,
  NOON,
  openStore,
  sourceOf,
} from './testing/sample-store.ts';

let folder = '';
let store: DuckDbEventStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-days-'));
  store = await openStore(folder);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

let offsets = 0;
/** Appends one frame and gives its offset. */
async function append(...args: Parameters<typeof documentsOf>): Promise<number> {
  offsets += 1;
  const tenant = args[2]?.tenant ?? ACME;
  const source = { source: sourceOf(tenant), offset: offsets };
  await store.append(tenant, 'events', documentsOf(...args), source);
  return offsets;
}

async function reopen(): Promise<void> {
  await store.close();
  store = await openStore(folder);
}

const dayFiles = async () => (await readdir(folder)).filter((name) => name.endsWith('.duckdb'));
const total = async (tenant = ACME) =>
  [...(await messagesIn(store, tenant)).values()].reduce((sum, times) => sum + times, 0);

/** Rows of a tenant, in one statement. */
async function count(): Promise<number> {
  const asked = { query: parseQuery(''), range: ALL_TIME, intervalMs: DAY_MS } as const;
  const bars = await store.histogram(ACME, { collection: 'events', ...asked });
  return bars.reduce((sum, bar) => sum + bar.count, 0);
}

/** Says whether any file of the store has these bytes in it. */
async function onDisk(text: string): Promise<boolean> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    if ((await readFile(join(entry.parentPath, entry.name))).includes(text)) return true;
  }
  return false;
}

describe('day files', () => {
  it('are one per received day, and searched as one', async () => {
    await append('first', 3);
    await append('second', 2, { receivedAt: NOON + DAY_MS });
    await store.flush();
    expect(await dayFiles()).toEqual(['events-2026-01-01.duckdb', 'events-2026-01-02.duckdb']);
    expect(await total()).toBe(5);
    await reopen();
    expect(await total()).toBe(5);
  });

  it('take a roll that fills a row group past their log of changes', async () => {
    const events = documentsOf('one of many', 2_048);
    for (let rows = 0; rows < ROW_GROUP_ROWS; rows += events.length) {
      offsets += 1;
      await store.append(ACME, 'events', events, { source: sourceOf(ACME), offset: offsets });
    }
    await store.flush();
    const logs = (await readdir(folder)).filter((name) => name.endsWith('.wal'));
    const sizes = await Promise.all(
      logs.map(async (name) => (await stat(join(folder, name))).size),
    );
    const logged = sizes.reduce((sum, size) => sum + size, 0);
    expect(logged).toBeLessThan(ROW_GROUP_ROWS);
    expect(await count()).toBe(ROW_GROUP_ROWS);
  });

  it('never run backward: what comes late goes to the newest', async () => {
    await append('second', 2, { receivedAt: NOON + DAY_MS });
    await append('first', 3);
    await store.flush();
    expect(await dayFiles()).toEqual(['events-2026-01-02.duckdb']);
    expect(await total()).toBe(5);
  });

  it('ignore a frame at or below the applied offset of its source, hot, rolled and after a restart', async () => {
    const offset = await append('first', 3);
    const again = { source: sourceOf(), offset };
    await store.append(ACME, 'events', documentsOf('again', 3), again);
    await store.flush();
    await store.append(ACME, 'events', documentsOf('again', 3), again);
    await reopen();
    await store.append(ACME, 'events', documentsOf('again', 3), again);
    expect(await total()).toBe(3);
  });
});

describe('searches while rows roll', () => {
  it('see each row exactly once, whenever they begin', async () => {
    let appended = 0;
    let rolling = true;
    let searches = 0;
    const writer = (async () => {
      for (let frame = 0; frame < 40; frame += 1) {
        // However the machine divides its time, searches begin between the frames.
        while (frame > 20 && searches < frame - 20) await setImmediate();
        await append(`frame-${frame}`, 25);
        appended += 25;
        if (frame % 2 === 1) await store.flush();
      }
      rolling = false;
    })();
    const reader = async (): Promise<void> => {
      while (rolling) {
        const before = appended;
        const seen = await count();
        expect(seen).toBeGreaterThanOrEqual(before);
        expect(seen).toBeLessThanOrEqual(appended + 25);
        expect(seen % 25).toBe(0);
        searches += 1;
        // While there are no rows a search does no I/O, and would keep the event loop for itself.
        await setImmediate();
      }
    };
    await Promise.all([writer, reader(), reader(), reader()]);
    expect(searches).toBeGreaterThanOrEqual(19);
    expect(await total()).toBe(1000);
    expect(Math.max(...(await messagesIn(store)).values())).toBe(1);
  });
});

describe('a search past its deadline', () => {
  it('is interrupted, and its connection serves the next', async () => {
    for (let frame = 0; frame < 5; frame += 1) await append(`frame-${frame}`, 2000);
    const slow = Array.from({ length: 60 }, (_, n) => `message:*${n}*f*r*a*m*e*`).join(' or ');
    const asked = Array.from({ length: 6 }, () =>
      store.search(ACME, {
        collection: 'events',
        query: parseQuery(slow),
        range: ALL_TIME,
        limit: 10,
        deadlineMs: 20,
      }),
    );
    for (const outcome of await Promise.allSettled(asked)) {
      expect(outcome).toMatchObject({ reason: { code: 'deadline_exceeded' } });
    }
    expect(await count()).toBe(10_000);
  });
});

describe('expiry', () => {
  const CANARY = 'canary-7f3a9c';
  const expire = (receivedBefore: number, tenant = ACME) =>
    store.expire(tenant, { collection: 'events', receivedBefore });

  it('leaves no text of what went in any file, and everything else in place', async () => {
    await append('secret', 50, {
      actor: CANARY,
      message: `${CANARY} in a long text that is compressed`,
    });
    await append('kept', 50, { receivedAt: NOON + 60_000 });
    await append('other', 50, { tenant: GLOBEX });
    await store.flush();
    expect(await onDisk(CANARY)).toBe(true);
    expect(await expire(NOON + 1)).toBe(50);
    expect(await onDisk(CANARY)).toBe(false);
    expect(await total()).toBe(50);
    expect(await total(GLOBEX)).toBe(50);
    await reopen();
    expect(await onDisk(CANARY)).toBe(false);
    expect(await total()).toBe(50);
    expect(await total(GLOBEX)).toBe(50);
  });

  it('counts nothing and touches nothing when nothing expired', async () => {
    await append('kept', 5);
    await store.flush();
    expect(await expire(NOON)).toBe(0);
    expect(await expire(NOON + 1, GLOBEX)).toBe(0);
    expect(await total()).toBe(5);
  });

  it('makes a large file small', async () => {
    for (let frame = 0; frame < 8; frame += 1) {
      const message = randomBytes(20_000).toString('base64');
      for (let part = 0; part < 8; part += 1) {
        await append(`old-${frame}-${part}`, 5, { message: message.slice(part * 3000) });
      }
    }
    await append('kept', 5, { tenant: GLOBEX });
    await store.flush();
    const size = async () => {
      const names = await readdir(folder);
      const sizes = await Promise.all(names.map((name) => stat(join(folder, name))));
      return sizes.reduce((sum, one) => sum + one.size, 0);
    };
    const before = await size();
    expect(await expire(NOON + 1)).toBe(320);
    expect(await size()).toBeLessThan(before / 2);
  });

  it('removes a file of which nothing is left, and keeps the offsets that it alone had', async () => {
    const last = await append('first', 5);
    await append('second', 5, { receivedAt: NOON + DAY_MS, tenant: GLOBEX });
    await store.flush();
    expect(await expire(NOON + 1)).toBe(5);
    expect(await dayFiles()).toEqual(['events-2026-01-02.duckdb']);
    await reopen();
    expect(await store.applied(sourceOf())).toBe(last);
    expect(await total()).toBe(0);
    expect(await total(GLOBEX)).toBe(5);
  });

  it('keeps the newest file when all of it expired: it remembers the offsets', async () => {
    const last = await append('first', 5);
    await store.flush();
    expect(await expire(NOON + 1)).toBe(5);
    await reopen();
    expect(await dayFiles()).toEqual(['events-2026-01-01.duckdb']);
    expect(await store.applied(sourceOf())).toBe(last);
    await append('more', 3);
    await store.flush();
    expect(await total()).toBe(3);
  });

  it('goes over all days, and leaves stores that can be written', async () => {
    for (const day of [0, 1, 2, 3]) {
      await append(`a-${day}`, 5, { receivedAt: NOON + day * DAY_MS });
      if (day !== 1)
        await append(`b-${day}`, 5, { receivedAt: NOON + day * DAY_MS, tenant: GLOBEX });
    }
    expect(await expire(NOON + 3 * DAY_MS)).toBe(15);
    expect(await dayFiles()).toEqual([
      'events-2026-01-01.duckdb',
      'events-2026-01-03.duckdb',
      'events-2026-01-04.duckdb',
    ]);
    await append('more', 5, { receivedAt: NOON + 3 * DAY_MS });
    await store.flush();
    expect([await total(), await total(GLOBEX)]).toEqual([10, 15]);
  });

  it('does not disturb searches that run', async () => {
    for (const day of [0, 1, 2]) {
      await append(`a-${day}`, 50, { receivedAt: NOON + day * DAY_MS });
      await append(`b-${day}`, 50, { receivedAt: NOON + day * DAY_MS, tenant: GLOBEX });
    }
    await store.flush();
    let expiring = true;
    const reader = async (): Promise<void> => {
      while (expiring) {
        expect(await total(GLOBEX)).toBe(150);
        await setImmediate();
      }
    };
    const expiry = expire(NOON + 2 * DAY_MS).finally(() => {
      expiring = false;
    });
    await Promise.all([expiry, reader(), reader()]);
    expect(await expiry).toBe(100);
  });

  it.each([
    1, 2, 3, 4, 5,
  ])('has removed all or nothing when call %i to the disk fails, and goes on', async (k) => {
    await store.close();
    let calls = Number.NEGATIVE_INFINITY;
    const failing =
      <Args extends unknown[]>(call: (...args: Args) => Promise<void>) =>
      (...args: Args): Promise<void> => {
        calls += 1;
        return calls === k ? Promise.reject(new Error('EIO')) : call.apply(systemDisk, args);
      };
    const disk = {
      ...systemDisk,
      rename: failing(systemDisk.rename),
      remove: failing(systemDisk.remove),
      syncFolder: failing(systemDisk.syncFolder),
    };
    store = await openStore(folder, { disk });
    await append('old', 5);
    await append('kept', 5, { tenant: GLOBEX });
    await store.flush();
    calls = 0;
    const removed = await expire(NOON + 1).catch(() => 0);
    expect(await total()).toBe(5 - removed);
    await append('more', 3);
    await store.flush();
    expect(await total()).toBe(8 - removed);
    await reopen();
    expect(await total()).toBe(8 - removed);
    expect(await total(GLOBEX)).toBe(5);
    expect(await expire(NOON + 1)).toBe(8 - removed);
  });

  it('removes what a crash left of a file that was being written anew', async () => {
    await append('kept', 5);
    await store.close();
    await writeFile(join(folder, 'events-2026-01-01.duckdb.new'), 'half');
    await writeFile(join(folder, 'events-2026-01-01.duckdb.new.wal'), 'half');
    store = await openStore(folder);
    expect(await total()).toBe(5);
    expect((await readdir(folder)).filter((name) => name.includes('.new'))).toEqual([]);
  });
});
