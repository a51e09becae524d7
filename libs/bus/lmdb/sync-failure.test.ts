import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { describe, expect, it } from 'vitest';
import { Collector } from '../testing/collector.ts';
import { roomyDisk } from '../testing/open-test-bus.ts';
import { sampleFrame } from '../testing/sample-frame.ts';
import { openLmdbEventBus } from './open-lmdb-event-bus.ts';

const CHILD = join(import.meta.dirname, '../testing/crash-child.ts');
/** Debian package `strace`; a container may forbid tracing. */
const TRACER = 'strace';
const canTrace = spawnSync(TRACER, ['-f', '-o', '/dev/null', 'true']).status === 0;

/** What the child acknowledged, and how long it lived after its first failed call. */
interface Life {
  readonly acknowledged: readonly string[];
  readonly status: number | null;
  readonly livedMs: number;
}

/** Runs the publishing child under strace, which makes a system call fail from the k-th time on. */
async function runFailing(folder: string, call: string, from: number): Promise<Life> {
  // The trace tells when the first injected failure was: the last line before it counts.
  const trace = [
    '-f',
    '-tt',
    '-e',
    `trace=${call}`,
    '-e',
    `inject=${call}:error=EIO:when=${from}+`,
  ];
  const child = spawn(TRACER, [...trace, process.execPath, CHILD, folder, '', 'keep'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let failedAt = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (failedAt === 0 && text.includes('INJECTED')) failedAt = performance.now();
  });
  const status = await new Promise<number | null>((resolve) => {
    child.on('close', (code) => resolve(code));
  });
  const lines = output.split('\n').filter((line) => line.startsWith('a '));
  return {
    acknowledged: lines.map((line) => line.slice(2)),
    status,
    livedMs: performance.now() - failedAt,
  };
}

async function readKept(folder: string): Promise<Set<string>> {
  const bus = await openLmdbEventBus({
    folder,
    world: systemWorld(),
    onFatal: (error) => {
      throw error;
    },
    readDiskSpace: roomyDisk,
  });
  await bus.publish([0, 1, 2].map((keySlot) => sampleFrame(['end'], { keySlot })));
  const collector = new Collector();
  await bus.consumeLog('raw.events', 'checker', collector);
  await collector.until(() => collector.lines.filter((line) => line === 'end').length === 3);
  await bus.close();
  return new Set(collector.lines.map((line) => line.split(' ')[0] ?? ''));
}

describe.skipIf(!canTrace)('LmdbEventBus whose disk fails', () => {
  it.each([
    ['fdatasync', 6],
    ['fdatasync', 25],
    ['pwrite64', 30],
  ])('acknowledges nothing after a failed %s, ends, and has all it acknowledged: from call %i on', async (call, from) => {
    const folder = await mkdtemp(join(tmpdir(), 'bus-sync-'));
    const life = await runFailing(folder, call, from);
    expect(life.status).not.toBe(0);
    const kept = await readKept(folder);
    expect(life.acknowledged.filter((line) => !kept.has(line))).toEqual([]);
    console.log(
      `${call} from ${from}: ${life.acknowledged.length} acknowledged, all kept; ended ${Math.round(life.livedMs)} ms after`,
    );
    await rm(folder, { recursive: true });
  });
});
