import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Assignment, LogEntry } from '@tocsin/bus/event-bus.ts';
import type { Frame } from '@tocsin/bus/frame.ts';
import type { LmdbEventBus } from '@tocsin/bus/lmdb/lmdb-event-bus.ts';
import { openLmdbEventBus } from '@tocsin/bus/lmdb/open-lmdb-event-bus.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';

/**
 * Cost of the embedded bus per event, beside JSON.parse of the same bytes in the same run:
 * `node bench/bus.ts [events] [events per frame]`. CPU is of the whole process, all threads.
 */
const EVENTS = Number(process.argv[2] ?? 200_000);
const PER_FRAME = Number(process.argv[3] ?? 200);
const PUBLISHERS = 4;

const world = systemWorld();
const tenantId = parseTenantId('acme-corp');

/** One event of about 1.2 KB, as a shipper would send it. */
function sampleEvent(index: number): string {
  return JSON.stringify({
    event_id: uuidV7(world.clock, world.random),
    timestamp: new Date(world.clock.now() + index).toISOString(),
    category: 'process',
    action: 'process_started',
    severity: index % 10,
    actor: { name: `user-${index % 500}`, host: `ws-${index % 2000}.corp.example` },
    process: {
      image: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
      command_line: `powershell.exe -NoProfile -Command "Get-Item ${'x'.repeat(500)}"`,
      parent_image: 'C:\\Windows\\explorer.exe',
      pid: index,
    },
    attributes: { LogonGuid: `{${uuidV7(world.clock, world.random)}}`, Hashes: 'a'.repeat(300) },
  });
}

function makeFrames(): Frame[] {
  const body = Buffer.from(
    Array.from({ length: PER_FRAME }, (_, at) => sampleEvent(at)).join('\n'),
  );
  return Array.from({ length: Math.ceil(EVENTS / PER_FRAME) }, () => ({
    id: uuidV7(world.clock, world.random),
    tenantId,
    topic: 'raw.events',
    keySlot: 0,
    count: PER_FRAME,
    contentType: 'application/x-tocsin-events',
    sourceHint: '',
    receivedAt: world.clock.now(),
    traceparent: '',
    requestId: '',
    body,
  }));
}

async function publishAll(bus: LmdbEventBus, frames: readonly Frame[]): Promise<void> {
  let at = 0;
  const publisher = async (): Promise<void> => {
    for (let frame = frames[at]; frame !== undefined; frame = frames[at]) {
      at += 1;
      await bus.publish([frame]);
    }
  };
  await Promise.all(Array.from({ length: PUBLISHERS }, publisher));
}

/** Reads until `events` came, committing each batch. */
async function consumeAll(bus: LmdbEventBus, group: string, events: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let seen = 0;
  const handle = async (entries: readonly LogEntry[], assignment: Assignment): Promise<void> => {
    for (const { frame } of entries) seen += frame.count;
    const last = entries.at(-1);
    if (last !== undefined) await assignment.commit([last.position]);
    if (seen >= events) resolve();
  };
  const consumer = await bus.consumeLog('raw.events', group, { handle });
  await promise;
  await consumer.stop();
}

async function measure(name: string, events: number, run: () => Promise<void>): Promise<number> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await run();
  const { user, system } = process.cpuUsage(cpu);
  const perEvent = (user + system) / events;
  const rate = Math.round(events / ((performance.now() - start) / 1000));
  process.stdout.write(
    `${name.padEnd(34)} ${perEvent.toFixed(2)} us CPU/event  ${rate} events/s\n`,
  );
  return perEvent;
}

const folder = await mkdtemp(join(tmpdir(), 'bench-bus-'));
const bus = await openLmdbEventBus({
  folder,
  world,
  onFatal: (error) => {
    throw error;
  },
  tenantWaitingBytesMax: Number.MAX_SAFE_INTEGER,
  homeWaitingBytesMax: Number.MAX_SAFE_INTEGER,
});
const frames = makeFrames();
const events = frames.length * PER_FRAME;
const lines = frames[0]?.body.toString().split('\n') ?? [];
const eventBytes = Math.round((frames[0]?.body.length ?? 0) / PER_FRAME);
process.stdout.write(`${events} events of ${eventBytes} B, ${PER_FRAME} a frame\n`);
const calibrator = await measure('JSON.parse of the same bytes', events, async () => {
  for (let at = 0; at < events; at += 1) JSON.parse(lines[at % lines.length] ?? '');
});
const publish = await measure('publish (durable)', events, () => publishAll(bus, frames));
const disk = await measure('consume, from disk', events, () => consumeAll(bus, 'late', events));
const both = await measure('publish and consume, keeping up', events, async () => {
  await Promise.all([consumeAll(bus, 'late', events), publishAll(bus, frames)]);
});
for (const [name, cost] of Object.entries({ publish, disk, both })) {
  process.stdout.write(`${name} = ${(cost / calibrator).toFixed(2)} x calibrator\n`);
}
process.stdout.write(`${bus.counters.commits} commits of ${bus.counters.publishedFrames} frames\n`);
await bus.close();
await rm(folder, { recursive: true });
