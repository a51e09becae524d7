import { fsyncSync, openSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import type { Frame } from '@tocsin/bus/frame.ts';
import { openLmdbEventBus } from '@tocsin/bus/lmdb/open-lmdb-event-bus.ts';
import { SHIPPED_RULES } from '@tocsin/content/shipped-rules.ts';
import { createDetector, type Detector } from '@tocsin/detect-service/detector.ts';
import { buildRuleRegistry } from '@tocsin/detect-service/domain/rule-registry.ts';
import type { SigmaInUse } from '@tocsin/detect-service/domain/sigma/sigma-match.ts';
import { SigmaRules } from '@tocsin/detect-service/domain/sigma/sigma-rules.ts';
import { TenantRules } from '@tocsin/detect-service/domain/tenant-rules.ts';
import { readLines } from '@tocsin/ingest-service/domain/read-lines.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { normalizeFrame } from '@tocsin/normalize-service/domain/normalize-frame.ts';
import { FolderObjectStore } from '@tocsin/objects/folder-object-store.ts';
import { formatRawRef, RawArchive } from '@tocsin/objects/raw-archive.ts';
import { DuckDbEventStore } from '@tocsin/search/duckdb/duckdb-event-store.ts';
import { EventChunk } from '@tocsin/search/duckdb/event-chunk.ts';
import { ROLL_ROWS } from '@tocsin/search/duckdb/event-writer.ts';
import { TEXT_SOURCES } from '@tocsin/sources/registry.ts';
import { silentLog } from '@tocsin/telemetry/log.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { openMemoryWindowStore } from '@tocsin/windows/memory-window-store.ts';
import { loadSigmaRules, shippedSigmaFolder } from '../apps/tocsin/pipeline/sigma-loading.ts';
import { mixedBodies } from './inputs.ts';
import { calibrate, ownCpu } from './measure.ts';

/**
 * Each stage alone over the same frames of the shared mix: CPU of all threads. A stage that needs events is measured
 * with normalising before it, which is then taken off. HTTP stands in the output of `stored`: what is left there.
 */
const NEWLINE = 10;
const BODY_BYTES = 200_000;
const OPEN_BRACE = 123;
const tenantId = parseTenantId('acme-corp');
const tenant = systemContext(tenantId, 'pipeline');
const world = systemWorld();
const input = mixedBodies(Number(process.argv[2] ?? 130_000), BODY_BYTES);
if (input === undefined) {
  console.log('stages: not run, the corpus is absent (TOCSIN_CORPUS)');
  process.exit(0);
}
const frames: Frame[] = input.bodies.map(({ bytes, count }) => ({
  id: uuidV7(world.clock, world.random),
  tenantId,
  topic: 'raw.events',
  keySlot: 0,
  count,
  contentType: 'application/x-tocsin-wrapped',
  sourceHint: '',
  receivedAt: world.clock.now(),
  traceparent: '',
  requestId: 'bench',
  body: bytes,
}));
const events = frames.reduce((sum, { count }) => sum + count, 0);
const eventBytes = frames.reduce((sum, { body }) => sum + body.length, 0) / events;
const folder = await mkdtemp(join(tmpdir(), 'tb-'));

/** CPU microseconds an event of some work over all frames. */
async function cost(work: () => unknown): Promise<number> {
  const before = ownCpu();
  await work();
  return (ownCpu() - before) / events;
}

/** Both JSON texts of a line, which nobody can do without. */
function parseBoth(): void {
  for (const { body } of frames) {
    for (let from = 0; from <= body.length; ) {
      const newline = body.indexOf(NEWLINE, from);
      const end = newline < 0 ? body.length : newline;
      const { raw } = JSON.parse(body.toString('utf8', from, end)) as { raw: string };
      if (raw.charCodeAt(0) === OPEN_BRACE) JSON.parse(raw);
      from = end + 1;
    }
  }
}

function normalizeAll(): void {
  for (const frame of frames) normalizeFrame(frame);
}

function validateAll(): void {
  for (const { body } of frames) readLines(body);
}

async function detectorOf(name: string): Promise<Detector> {
  const sigma = new SigmaRules(new Set(['syslog', ...TEXT_SOURCES.map(({ id }) => id)]));
  const user = {
    async use(content: SigmaInUse) {
      sigma.use(content);
      return true;
    },
  };
  await loadSigmaRules([shippedSigmaFolder()], user, {
    log: silentLog,
    metrics: new Metrics('x'),
    pause: () => undefined,
  });
  const windows = await openMemoryWindowStore(world, { folder: join(folder, name) });
  const rules = new TenantRules(buildRuleRegistry(SHIPPED_RULES));
  return createDetector({ rules, sigma, windows, world });
}

async function detectAll(detector: Detector): Promise<void> {
  for (const [index, frame] of frames.entries()) {
    const { events: found } = normalizeFrame(frame);
    const at = { source: 'raw.events/0/acme-corp', offset: index + 1 };
    await detector.detectFrame(tenant, at, found, frame.receivedAt, false);
  }
}

function layColumns(): void {
  const chunk = new EventChunk();
  for (const [index, frame] of frames.entries()) {
    for (const [ordinal, event] of normalizeFrame(frame).events.entries()) {
      const { receivedAt } = frame;
      chunk.push(event, { tenantId, frame: index, ordinal, receivedAt, rules: undefined }, 1);
      if (chunk.full) chunk.take();
    }
  }
}

async function storeAll(): Promise<void> {
  const store = await DuckDbEventStore.open({
    folder: join(folder, 'events'),
    world,
    formatRawRef,
  });
  let rolling: Promise<void> = Promise.resolve();
  for (const [index, frame] of frames.entries()) {
    const rows = normalizeFrame(frame).events.map((event, ordinal) => ({
      event,
      ordinal,
      rules: undefined,
    }));
    const { id: frameId, receivedAt, count } = frame;
    const place = { segment: 's', block: 0, firstLine: 0, duplicates: [], deadLetters: [] };
    const facts = { source: 's', offset: index + 1, frameId, receivedAt, count, ...place };
    await store.writer.append(tenant, facts, rows);
    if (store.writer.hotRows < ROLL_ROWS) continue;
    await rolling;
    rolling = store.writer.commit(await store.writer.seal());
  }
  await rolling;
  await store.close();
}

async function archiveAll(): Promise<void> {
  const objects = await FolderObjectStore.open(join(folder, 'objects'), world);
  const archive = new RawArchive(objects, world);
  let lines = 0;
  for (const { receivedAt, body, count } of frames) {
    archive.add(tenant, receivedAt, body, count);
    lines += count;
    if (lines < ROLL_ROWS) continue;
    lines = 0;
    await archive.flush();
  }
  await archive.flush();
}

async function passBus(): Promise<void> {
  const bus = await openLmdbEventBus({
    folder: join(folder, 'bus'),
    world,
    onFatal: (error) => {
      throw error;
    },
    tenantWaitingBytesMax: Number.MAX_SAFE_INTEGER,
    homeWaitingBytesMax: Number.MAX_SAFE_INTEGER,
  });
  const all = Promise.withResolvers<void>();
  let seen = 0;
  const consumer = await bus.consumeLog('raw.events', 'bench', {
    async handle(entries) {
      for (const { frame } of entries) seen += frame.count;
      if (seen >= events) all.resolve();
    },
  });
  let next = 0;
  const publisher = async (): Promise<void> => {
    for (let frame = frames[next++]; frame !== undefined; frame = frames[next++])
      await bus.publish([frame]);
  };
  await Promise.all(Array.from({ length: 4 }, publisher));
  await all.promise;
  await consumer.stop();
  await bus.close();
}

/** Megabytes a second of writes of a frame's size, each synced: the least time that durability takes. */
function syncedDiskRate(): number {
  const file = openSync(join(folder, 'synced'), 'w');
  const piece = Buffer.alloc(1024 * 1024, 1);
  const started = performance.now();
  const pieces = 64;
  for (let count = 0; count < pieces; count += 1) {
    writeSync(file, piece);
    fsyncSync(file);
  }
  return (pieces * piece.length) / 1e6 / ((performance.now() - started) / 1000);
}

parseBoth();
const line = calibrate(input.sample);
const parse = await cost(parseBoth);
// Twice: the first pass is what a fresh process pays for compiling.
await cost(normalizeAll);
const normalized = await cost(normalizeAll);
await detectAll(await detectorOf('windows-1'));
const detector = await detectorOf('windows-2');
const detected = await cost(() => detectAll(detector));
const columns = await cost(layColumns);
const stored = await cost(storeAll);
const stages: Record<string, number> = {
  validate: await cost(validateAll),
  bus: await cost(passBus),
  parse,
  normalise: normalized - parse,
  detect: detected - normalized,
  columns: columns - normalized,
  store: stored - columns,
  archive: await cost(archiveAll),
};
const whole = Object.values(stages).reduce((sum, each) => sum + each, 0);
const round = (value: number): number => Math.round(value * 100) / 100;
console.log(
  JSON.stringify({
    what: 'stages between the socket and the disk, each alone, CPU us per event of all threads',
    events,
    bytes_per_event: Math.round(eventBytes),
    json_parse_us_per_event: round(line),
    stages: Object.fromEntries(
      Object.entries(stages).map(([name, each]) => [
        name,
        { us: round(each), ratio: round(each / line) },
      ]),
    ),
    sum_us: round(whole),
    ratio: round(whole / line),
    limit: {
      parse_events_per_second_of_a_core: Math.round(1e6 / parse),
      synced_disk_mb_per_second: Math.round(syncedDiskRate()),
    },
  }),
);
await rm(folder, { recursive: true, force: true });
process.exit(0);
