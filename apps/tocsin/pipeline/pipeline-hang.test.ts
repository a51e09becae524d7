import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import type { LmdbEventBus } from '@tocsin/bus/lmdb/lmdb-event-bus.ts';
import { openLmdbEventBus } from '@tocsin/bus/lmdb/open-lmdb-event-bus.ts';
import { roomyDisk } from '@tocsin/bus/testing/open-test-bus.ts';
import type { Clock } from '@tocsin/kernel/clock.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import { ALL_TIME } from '@tocsin/search/search-store.ts';
import { afterEach, expect, it } from 'vitest';
import { HungItems } from './hung-items.ts';
import { PIPELINE_GROUP, PipelineHost } from './pipeline-host.ts';
import { HUNG_REASON } from './progress.ts';
import { ACME, frameOf } from './testing/sample-log.ts';
import { WATCH_EVERY_MS } from './watchdog.ts';

const acme = systemContext(ACME, 'test');
const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** The machine's clock, on which the watchdog looks a hundred times as often. */
function hastyClock({ clock }: { readonly clock: Clock }): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (ms, run) => clock.after(ms === WATCH_EVERY_MS ? ms / 100 : ms, run),
  };
}

/** Looks of a hundredth of a second. */
const LOOKS_MAX = 200;
const NEVER = Number.MAX_SAFE_INTEGER;

const openHung = (folder: string) =>
  HungItems.open(systemWorld().disk, join(folder, 'hung-items.json'));

interface Running {
  readonly bus: LmdbEventBus;
  readonly host: PipelineHost;
  readonly fatal: Promise<unknown>;
}

async function start(folder: string, silentLooksMax: number): Promise<Running> {
  const died = Promise.withResolvers<unknown>();
  const world = systemWorld();
  const bus = await openLmdbEventBus({
    folder: join(folder, 'bus'),
    world,
    onFatal: died.resolve,
    readDiskSpace: roomyDisk,
  });
  const host = new PipelineHost(
    { dataFolder: folder, failpoints: '' },
    bus,
    hastyClock(world),
    died.resolve,
    {
      hung: await openHung(folder),
      silentLooksMax,
      worker: new URL('./testing/hanging-worker.ts', import.meta.url),
    },
  );
  // It fails when the thread hangs before it has begun.
  host.start().catch(died.resolve);
  return { bus, host, fatal: died.promise };
}

const line = (host: string, text: string): string =>
  JSON.stringify({ source: 'linux_auth', raw: `Mar  3 11:00:00 ${host} sshd[811]: ${text}` });

async function hostsIn(host: PipelineHost): Promise<unknown[]> {
  const request = {
    collection: 'events',
    query: parseQuery('*'),
    range: ALL_TIME,
    limit: 9,
  } as const;
  const { items } = await host.search(acme, request);
  return items.map((event) => (event['source'] as { host?: unknown } | undefined)?.host).sort();
}

it.each([
  'PARSE-HANG',
  'RULE-HANG',
])('ends a process whose thread hangs (%s), sets the one item aside when it hangs again, and goes on with all others', async (word) => {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-hang-'));
  folders.push(folder);
  const lines = [line('one', 'fine'), line('two', word), line('three', 'fine')];
  const frame = frameOf('hang', lines, { contentType: 'application/x-tocsin-wrapped' });
  const ends: string[] = [];
  // On a busy machine the thread may seem to hang elsewhere first: what counts is what it is remembered for.
  while ((await openHung(folder)).setAside.length === 0) {
    const { bus, fatal } = await start(folder, LOOKS_MAX);
    if (ends.length === 0) await bus.publish([frame]);
    ends.push(String(await fatal));
    await bus.close();
  }
  expect(ends.length).toBeGreaterThanOrEqual(2);
  expect(ends.at(-1)).toContain(`hangs on item 1 of frame ${frame.id} of ${ACME}`);
  const { bus, host } = await start(folder, NEVER);
  await bus.publish([
    frameOf('next', [line('four', 'fine')], { contentType: 'application/x-tocsin-wrapped' }),
  ]);
  await expect.poll(() => hostsIn(host), { timeout: 60_000 }).toEqual(['four', 'one', 'three']);
  await host.stop();
  const letters = await bus.deadLetters('raw.events', PIPELINE_GROUP).list(ACME, 9);
  expect(letters.map(({ ordinal, reason }) => [ordinal, reason])).toEqual([[1, HUNG_REASON]]);
  await bus.close();
});
