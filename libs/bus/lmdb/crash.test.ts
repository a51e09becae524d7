import { spawn } from 'node:child_process';
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

/** What a process said before it died. */
interface Said {
  readonly acknowledged: readonly string[];
  readonly handled: ReadonlySet<string>;
}

/** Runs the child until it ends by a failpoint, or kills it after that many acknowledgements. */
async function runChild(
  folder: string,
  failpoints: string,
  killAfter: number,
  mode = 'consume',
): Promise<Said> {
  const child = spawn(process.execPath, [CHILD, folder, failpoints, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.split('\na ').length > killAfter) child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => {
    child.on('close', (_code, by) => resolve(by));
  });
  expect(signal).toBe('SIGKILL');
  const lines = output.split('\n');
  const said = (what: string): string[] =>
    lines.filter((line) => line.startsWith(`${what} `)).map((line) => line.slice(2));
  return { acknowledged: said('a'), handled: new Set(said('h')) };
}

/** All lines that are still kept, read by a new group; checks numbering and checksums on the way. */
async function readKept(folder: string): Promise<Set<string>> {
  const onFatal = (error: Error): void => {
    throw error;
  };
  const bus = await openLmdbEventBus({
    folder,
    world: systemWorld(),
    onFatal,
    readDiskSpace: roomyDisk,
  });
  await bus.publish([0, 1, 2].map((keySlot) => sampleFrame(['end'], { keySlot })));
  const collector = new Collector();
  await bus.consumeLog('raw.events', 'checker', collector);
  await collector.until(() => collector.lines.filter((line) => line === 'end').length === 3);
  const offsets = new Map<number, number>();
  for (const { position } of collector.entries) {
    const before = offsets.get(position.shard);
    if (before !== undefined) expect(position.offset).toBe(before + 1);
    offsets.set(position.shard, position.offset);
  }
  expect(bus.counters.corruptFrames).toBe(0);
  await bus.close();
  return new Set(collector.lines.map((line) => line.split(' ')[0] ?? ''));
}

describe('LmdbEventBus when its process is killed', () => {
  it.each([
    ['at any moment', '', 400],
    ['before a publish is durable', 'publish.before-commit:20', Number.POSITIVE_INFINITY],
    ['after a publish is durable', 'publish.after-commit:20', Number.POSITIVE_INFINITY],
    // Five times each: no load of minutes comes by these in the whole product.
    ...[1, 2, 3, 4, 5].flatMap((pass): [string, string, number][] => [
      [
        `after it began generation ${pass}`,
        `generation-switch.after-create:${pass}`,
        Number.POSITIVE_INFINITY,
      ],
      [
        `before it unlinks generation ${pass}`,
        `generation-switch.before-unlink:${pass}`,
        Number.POSITIVE_INFINITY,
      ],
    ]),
    ['before a cursor is durable', 'cursor.before-commit:10', Number.POSITIVE_INFINITY],
    ['after a cursor is durable', 'cursor.after-commit:10', Number.POSITIVE_INFINITY],
  ])('loses nothing that it acknowledged: %s', async (_when, failpoints, killAfter) => {
    const folder = await mkdtemp(join(tmpdir(), 'bus-crash-'));
    const first = await runChild(folder, failpoints, killAfter);
    const second = await runChild(folder, '', 100);
    const kept = await readKept(folder);
    expect(first.acknowledged.length).toBeGreaterThan(0);
    const lost = [...first.acknowledged, ...second.acknowledged].filter((line) => {
      return !kept.has(line) && !first.handled.has(line) && !second.handled.has(line);
    });
    expect(lost).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it('keeps every acknowledged frame that nobody has read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bus-crash-'));
    const lives = [
      await runChild(folder, '', 200, 'keep'),
      await runChild(folder, 'publish.after-commit:7', Number.POSITIVE_INFINITY, 'keep'),
    ];
    const kept = await readKept(folder);
    const acknowledged = lives.flatMap((said) => said.acknowledged);
    expect(acknowledged.length).toBeGreaterThan(200);
    expect(acknowledged.filter((line) => !kept.has(line))).toEqual([]);
    await rm(folder, { recursive: true });
  });
});
