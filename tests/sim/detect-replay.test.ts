import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import { RULE_PACK } from '@tocsin/content/rule-pack.ts';
import type { ScoredAlert } from '@tocsin/contracts/alert.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { createDetector } from '@tocsin/detect-service/detector.ts';
import { buildRuleRegistry } from '@tocsin/detect-service/domain/rule-registry.ts';
import { shippedSigma } from '@tocsin/detect-service/testing/shipped-sigma.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { seededRandom } from '@tocsin/kernel/random.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { normalizeWrapped } from '@tocsin/sources/normalize-wrapped.ts';
import { demoEvents } from '@tocsin/tocsin/demo/demo-events.ts';
import { openMemoryWindowStore } from '@tocsin/windows/memory-window-store.ts';
import { afterAll, describe, expect, it } from 'vitest';

const NOW = Date.UTC(2026, 2, 3, 12);
const FRAME_EVENTS = 60;
const SOURCE = 'raw.events/0/acme-corp';
const acme = systemContext(parseTenantId('acme-corp'), 'test');
const registry = buildRuleRegistry(RULE_PACK);
const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

function demoFrames(): NormalizedEvent[][] {
  const events = [...demoEvents({ now: NOW })].map((line, index) => {
    const event = normalizeWrapped(JSON.stringify(line), NOW);
    event.eventId = `event-${index}`;
    return event;
  });
  const count = Math.ceil(events.length / FRAME_EVENTS);
  return Array.from({ length: count }, (_, index) =>
    events.slice(index * FRAME_EVENTS, (index + 1) * FRAME_EVENTS),
  );
}

/** The last state of each alert on the topic, as the correlator would keep it: only a higher revision counts. */
class Topic {
  readonly rows = new Map<string, ScoredAlert>();

  publish(alerts: readonly ScoredAlert[]): void {
    for (const alert of alerts) {
      const known = this.rows.get(alert.alert_id);
      if (known === undefined || alert.revision > known.revision)
        this.rows.set(alert.alert_id, alert);
    }
  }

  get alerts(): ScoredAlert[] {
    return [...this.rows.values()].sort((a, b) => (a.alert_id < b.alert_id ? -1 : 1));
  }
}

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-replay-'));
  folders.push(folder);
  return join(folder, 'windows');
}

/** Runs real detector and windows over the frames; a seed other than 0 crashes them at random places. */
async function run(frames: readonly NormalizedEvent[][], seed: number): Promise<Topic> {
  const topic = new Topic();
  const folder = await freshFolder();
  const random = seededRandom(seed);
  const clock = new ManualClock(NOW);
  const world = { ...systemWorld(), clock };
  for (let cursor = 0; cursor < frames.length; ) {
    const windows = await openMemoryWindowStore(world, { folder });
    const detector = createDetector({ rules: registry, sigma: shippedSigma(), windows, world });
    const crashAt = seed === 0 ? frames.length : cursor + Math.ceil(random.fraction() * 30);
    for (let at = cursor; at < Math.min(crashAt, frames.length); at += 1) {
      const source = { source: SOURCE, offset: at + 1 };
      topic.publish(
        (await detector.detectFrame(acme, source, frames[at] ?? [], NOW, false)).alerts,
      );
      await clock.advance(Math.floor(random.fraction() * 700));
      if (random.fraction() > 0.2 && at + 1 < frames.length) continue;
      topic.publish(detector.flushAlerts());
      await windows.checkpoint();
      // A crash here repeats frames that the windows know and the cursor does not.
      if (seed === 0 || random.fraction() > 0.3) cursor = at + 1;
    }
  }
  return topic;
}

/**
 * Runs over the frames; at each of some crashes the windows are lost. The frames of the look-back are read again and
 * publish nothing, as the pipeline does it.
 */
async function runLosing(
  frames: readonly NormalizedEvent[][],
  crashAt: readonly number[],
): Promise<Topic> {
  const topic = new Topic();
  const world = { ...systemWorld(), clock: new ManualClock(NOW) };
  let cursor = 0;
  for (const end of [...crashAt, frames.length]) {
    const windows = await openMemoryWindowStore(world, { folder: await freshFolder() });
    expect(windows.lost).toBe(true);
    const detector = createDetector({ rules: registry, sigma: shippedSigma(), windows, world });
    const since = (frames[cursor]?.[0]?.timestamp ?? 0) - detector.longestLookbackMs;
    for (let at = 0; at < end; at += 1) {
      const frame = frames[at] ?? [];
      if ((frame.at(-1)?.timestamp ?? 0) < since) continue;
      const source = { source: SOURCE, offset: at + 1 };
      topic.publish((await detector.detectFrame(acme, source, frame, NOW, at < cursor)).alerts);
    }
    topic.publish(detector.flushAlerts());
    await windows.checkpoint();
    cursor = end;
  }
  return topic;
}

describe('detection of the demo with windows lost', () => {
  const frames = demoFrames();
  const subject = ({ rule_id, group }: ScoredAlert) => `${rule_id} ${JSON.stringify(group)}`;

  it.each([
    [[60]],
    [[90, 100, 110]],
    [[85, 95, 105, 112]],
  ])('misses nothing, and makes at most the alerts open at a loss anew (lost after frames %j)', async (crashAt) => {
    const calm = await run(frames, 0);
    const lossy = await runLosing(frames, crashAt);
    expect([...new Set(lossy.alerts.map(subject))].sort()).toEqual(calm.alerts.map(subject).sort());
    expect(lossy.alerts.length).toBeLessThanOrEqual(calm.alerts.length * (crashAt.length + 1));
    const known = new Set(calm.alerts.map((alert) => alert.alert_id));
    expect(lossy.alerts.filter((alert) => known.has(alert.alert_id))).toHaveLength(known.size);
  });
});

describe('detection of the demo with crashes', () => {
  const frames = demoFrames();

  it.each([1, 2, 3, 4, 5, 6])('leads to the same alerts as without (seed %i)', async (seed) => {
    const calm = await run(frames, 0);
    const crashed = await run(frames, seed);
    expect(crashed.alerts).toEqual(calm.alerts);
    expect(calm.alerts.length).toBe(15);
  });
});
