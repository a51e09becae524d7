import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import type { LmdbEventBus } from '@tocsin/bus/lmdb/lmdb-event-bus.ts';
import { openLmdbEventBus } from '@tocsin/bus/lmdb/open-lmdb-event-bus.ts';
import { Collector } from '@tocsin/bus/testing/collector.ts';
import { roomyDisk } from '@tocsin/bus/testing/open-test-bus.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import { ALL_TIME } from '@tocsin/search/search-store.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { PIPELINE_GROUP, PipelineHost } from './pipeline-host.ts';
import { ACME, failedLogin, frameOf } from './testing/sample-log.ts';

const acme = systemContext(ACME, 'test');
/** A state is waited for, however slow the machine is. */
const PATIENT = { timeout: 50_000 };
const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-host-'));
  folders.push(folder);
  return folder;
}

/** The data process without its listeners: a bus, and a host with its thread. */
async function start(
  folder: string,
  failpoints = '',
): Promise<{ bus: LmdbEventBus; host: PipelineHost; fatal: Promise<unknown> }> {
  const died = Promise.withResolvers<unknown>();
  const bus = await openLmdbEventBus({
    folder: join(folder, 'bus'),
    world: systemWorld(),
    onFatal: died.resolve,
    readDiskSpace: roomyDisk,
  });
  const host = new PipelineHost(
    { dataFolder: folder, failpoints },
    bus,
    systemWorld().clock,
    died.resolve,
  );
  await host.start();
  return { bus, host, fatal: died.promise };
}

const search = (host: PipelineHost) =>
  host.search(acme, {
    collection: 'events',
    query: parseQuery('category:auth'),
    range: ALL_TIME,
    limit: 200,
  });
const bruteForce = (name: string) =>
  frameOf(
    name,
    Array.from({ length: 12 }, (_, index) => failedLogin('ada', index)),
  );

describe('the pipeline in its thread', () => {
  it('takes frames of the bus, publishes alerts to it, and has committed all of them when it stops', async () => {
    const folder = await freshFolder();
    const { bus, host } = await start(folder);
    const alerts = new Collector();
    await bus.consumeLog('alerts.scored', 'checker', alerts);
    const frame = bruteForce('one');
    await bus.publish([frame]);
    await alerts.until(() => alerts.lines.length > 0);
    expect(JSON.parse(alerts.lines[0] ?? '')).toMatchObject({ rule_id: 'failed-login-threshold' });
    expect((await search(host)).items).toHaveLength(12);
    expect(await host.findFrames(acme, [frame.id])).toMatchObject([{ count: 12, duplicates: [] }]);
    expect(await host.check()).toMatchObject({ status: 'ok' });
    expect(await host.metrics()).toContain('tocsin_events_stored_total');
    await host.stop();
    const { tenants } = await bus.depth('raw.events', PIPELINE_GROUP);
    expect(tenants.find(({ tenantId }) => tenantId === ACME)?.frames ?? 0).toBe(0);
    await bus.close();
  });

  it('finds everything again after a stop and a start, and stores nothing twice', async () => {
    const folder = await freshFolder();
    const first = await start(folder);
    await first.bus.publish([bruteForce('one')]);
    await first.host.stop();
    await first.bus.close();
    const again = await start(folder);
    await again.bus.publish([frameOf('two', [failedLogin('bob', 0)])]);
    await expect.poll(async () => (await search(again.host)).items.length).toBe(13);
    await again.host.stop();
    await again.bus.close();
  });

  it('stores again what was in a log of changes that is not recognised any more', async () => {
    const folder = await freshFolder();
    const first = await start(folder);
    await first.bus.publish([bruteForce('one'), bruteForce('two')]);
    await expect.poll(async () => (await search(first.host)).items.length, PATIENT).toBe(24);
    await first.host.revoked();
    // As a killed process leaves it: one that stops has nothing in its log.
    const [events, kept] = [join(folder, 'events'), join(folder, 'kept')];
    await cp(events, kept, { recursive: true });
    await first.host.stop();
    await first.bus.close();
    await rm(events, { recursive: true });
    await rename(kept, events);
    const log = (await readdir(events)).find((name) => name.endsWith('.wal')) ?? '';
    const bytes = await readFile(join(events, log));
    bytes[0] = (bytes[0] ?? 0) ^ 0x10;
    await writeFile(join(events, log), bytes);
    const again = await start(folder);
    await expect.poll(async () => (await search(again.host)).items.length, PATIENT).toBe(24);
    await again.bus.publish([frameOf('three', [failedLogin('bob', 0)])]);
    await expect.poll(async () => (await search(again.host)).items.length, PATIENT).toBe(25);
    await again.host.stop();
    await again.bus.close();
  }, 170_000);

  it('refuses a search as the store does: a problem stays a problem', async () => {
    const folder = await freshFolder();
    const { bus, host } = await start(folder);
    const asked = host.search(acme, {
      collection: 'events',
      query: parseQuery('nosuchfield:1'),
      range: ALL_TIME,
      limit: 10,
    });
    await expect(asked).rejects.toMatchObject({ name: 'Problem', code: 'invalid_query' });
    await host.stop();
    await bus.close();
  });

  it('tells its process to end when the thread dies, and fails whoever asks', async () => {
    const folder = await freshFolder();
    const { bus, host, fatal } = await start(folder);
    await bus.publish([frameOf('broken', ['{}'], { contentType: 'application/x-ndjson' })]);
    expect(String(await fatal)).toContain('invariant broken');
    await expect(search(host)).rejects.toThrow();
    await expect(host.check()).rejects.toThrow();
    await expect(host.stop()).rejects.toThrow();
    await bus.close();
  });
});
