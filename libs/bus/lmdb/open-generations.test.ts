import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Frame } from '../frame.ts';
import { sampleFrame } from '../testing/sample-frame.ts';
import { FrameLog } from './frame-log.ts';
import { Generation } from './generation.ts';
import { OLD_GENERATIONS_OPEN_MAX } from './open-generations.ts';
import { RecentFrames } from './recent-frames.ts';
import { Source } from './source.ts';

const GENERATIONS = 8;
const FRAMES_EACH = 3;
let folder: string;
let log: FrameLog;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bus-open-'));
  log = await openLog();
});

afterEach(async () => {
  await log.close();
  await rm(folder, { recursive: true });
});

describe('the maps of generations', () => {
  it('stay open for the newest and a few that were read lately', async () => {
    const { source, frames } = await fill();
    expect(log.generations).toHaveLength(GENERATIONS);
    expect(openCount()).toBeLessThanOrEqual(OLD_GENERATIONS_OPEN_MAX + 1);
    for (const [index, frame] of frames.entries()) {
      expect(log.read(source, index + 1)).toEqual(frame);
      expect(openCount()).toBeLessThanOrEqual(OLD_GENERATIONS_OPEN_MAX + 1);
    }
  });

  it('are opened again by readers that go back and forth', async () => {
    const { source, frames } = await fill();
    for (const seq of [1, frames.length, 4, 1, 10, 4, frames.length - 1]) {
      expect(log.read(source, seq)).toEqual(frames[seq - 1]);
      expect(log.receivedAt(source, seq)).toBe(frames[seq - 1]?.receivedAt);
    }
  });

  it('stay few when a log with many generations is opened', async () => {
    const { frames } = await fill();
    await log.close();
    log = await openLog();
    expect(openCount()).toBeLessThanOrEqual(OLD_GENERATIONS_OPEN_MAX + 1);
    const [source] = log.sources;
    expect(source?.head).toBe(frames.length);
    expect(source === undefined ? undefined : log.read(source, 1)).toEqual(frames[0]);
  });

  it('are not let go of while an append writes', async () => {
    const { tenantId, topic } = sampleFrame();
    const source = new Source(topic, 0, tenantId);
    const generation = new Generation(join(folder, '00000099.lmdb'), 99, 1024 * 1024);
    const [head, body] = [Buffer.from('head'), Buffer.from('body')];
    const appended = generation.append([{ source, seq: 1, head, body }], 1);
    generation.rest();
    expect(generation.isOpen).toBe(true);
    await appended;
    expect(generation.isOpen).toBe(false);
    expect(generation.read(source, 1)).toEqual({ head, body });
    await generation.close();
  });

  it('do not keep an unlinked generation', async () => {
    const { source, frames } = await fill();
    log.read(source, 1);
    await log.dropOldest();
    expect(log.generations).toHaveLength(GENERATIONS - 1);
    expect(log.read(source, 1)).toBeUndefined();
    expect(log.read(source, FRAMES_EACH + 1)).toEqual(frames[FRAMES_EACH]);
  });
});

/** A log without a memory of recent frames: every read goes to a file. */
function openLog(): Promise<FrameLog> {
  return FrameLog.open({
    topic: 'raw.events',
    onRepair: () => undefined,
    folder,
    world: systemWorld(),
    generationBytesMax: 64 * 1024 * 1024,
    generationMsMax: 3_600_000,
    recent: new RecentFrames(0),
  });
}

async function fill(): Promise<{ source: Source; frames: Frame[] }> {
  const frames: Frame[] = [];
  for (let generation = 0; generation < GENERATIONS; generation += 1) {
    if (generation > 0) await log.startGeneration();
    for (let count = 0; count < FRAMES_EACH; count += 1) {
      const frame = sampleFrame(undefined, { receivedAt: 1_800_000_000_000 + frames.length });
      frames.push(frame);
      await log.append([frame]);
    }
  }
  const [source] = log.sources;
  if (source === undefined) throw new Error('the log has a source');
  return { source, frames };
}

function openCount(): number {
  return log.generations.filter(({ isOpen }) => isOpen).length;
}
