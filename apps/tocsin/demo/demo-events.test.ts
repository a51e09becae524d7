import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import { RULE_PACK } from '@tocsin/content/rule-pack.ts';
import type { ScoredAlert } from '@tocsin/contracts/alert.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { parseScoredAlert } from '@tocsin/correlate-service/domain/parse-scored-alert.ts';
import { planCorrelation } from '@tocsin/correlate-service/domain/plan-correlation.ts';
import { createDetector } from '@tocsin/detect-service/detector.ts';
import { buildRuleRegistry } from '@tocsin/detect-service/domain/rule-registry.ts';
import { shippedSigma } from '@tocsin/detect-service/testing/shipped-sigma.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { normalizeWrapped } from '@tocsin/sources/normalize-wrapped.ts';
import { openMemoryWindowStore } from '@tocsin/windows/memory-window-store.ts';
import { describe, expect, it } from 'vitest';
import { demoEvents, expectedDemo } from './demo-events.ts';

const NOW = Date.UTC(2026, 0, 1, 9, 30, 12, 345);
const acme = systemContext(parseTenantId('acme-corp'), 'test');

function normalized(now = NOW, seed = 1): NormalizedEvent[] {
  return [...demoEvents({ now, seed })].map((line, index) => {
    const event = normalizeWrapped(JSON.stringify(line), now);
    event.eventId = `event-${index}`;
    return event;
  });
}

/** Every state of every alert that the events lead to, as it is published, in frames of a size. */
async function publishedBy(events: readonly NormalizedEvent[], frameSize: number) {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-demo-'));
  const world = { ...systemWorld(), clock: new ManualClock(NOW) };
  const windows = await openMemoryWindowStore(world, { folder: join(folder, 'windows') });
  const rules = buildRuleRegistry(RULE_PACK);
  const detector = createDetector({ rules, sigma: shippedSigma(), windows, world });
  const published: ScoredAlert[] = [];
  for (let at = 0, offset = 1; at < events.length; at += frameSize, offset += 1) {
    const frame = events.slice(at, at + frameSize);
    published.push(
      ...(await detector.detectFrame(acme, { source: 's', offset }, frame, NOW, false)).alerts,
    );
  }
  published.push(...detector.flushAlerts());
  await rm(folder, { recursive: true, force: true });
  return published;
}

/** The last state of every alert. */
async function alertsOf(events: readonly NormalizedEvent[], frameSize: number) {
  const published = await publishedBy(events, frameSize);
  return [...new Map(published.map((alert) => [alert.alert_id, alert])).values()];
}

function summary(alerts: readonly ScoredAlert[]): unknown[] {
  return alerts.map(({ rule_id, event_count }) => `${rule_id} ${event_count}`).sort();
}

const EXPECTED = expectedDemo.alerts.map(({ ruleId, events }) => `${ruleId} ${events}`).sort();

describe('demoEvents', () => {
  it('gives the same lines for the same seed and time, and others for another seed', () => {
    expect([...demoEvents({ now: NOW })]).toEqual([...demoEvents({ now: NOW, seed: 1 })]);
    expect([...demoEvents({ now: NOW, seed: 2 })]).not.toEqual([...demoEvents({ now: NOW })]);
  });

  it('has at least 5,000 lines, of all four sources', () => {
    const lines = [...demoEvents({ now: NOW })];
    expect(lines.length).toBeGreaterThanOrEqual(expectedDemo.eventsMin);
    const counts = Map.groupBy(lines, (line) => line.source);
    expect([...counts.keys()].sort()).toEqual([...expectedDemo.sources].sort());
    for (const own of counts.values()) expect(own.length).toBeGreaterThan(800);
  });

  it('lies within the day that ends now, in the order of time, also over New Year', () => {
    const times = normalized().map((event) => event.timestamp);
    expect(Math.min(...times)).toBeGreaterThan(NOW - 86_401_000);
    expect(Math.max(...times)).toBeLessThanOrEqual(NOW);
    const backward = times.filter((time, index) => time < (times[index - 1] ?? 0) - 1000);
    expect(backward).toEqual([]);
  });

  it('is understood line by line by the source that is meant', () => {
    const meant = {
      linux_auth: 'linux-auth',
      windows: 'windows',
      zeek: 'zeek',
      json: 'generic-json',
    };
    const events = normalized();
    for (const [index, line] of [...demoEvents({ now: NOW })].entries()) {
      const event = events[index];
      const expected = meant[line.source as keyof typeof meant];
      expect([event?.parseStatus, event?.sourceIntegration, line.raw]).toEqual([
        'ok',
        expected,
        line.raw,
      ]);
    }
  });

  it.each([1, 2, 3, 4, 5])('leads to exactly the expected alerts (seed %i)', async (seed) => {
    expect(summary(await alertsOf(normalized(NOW, seed), 500))).toEqual(EXPECTED);
  });

  it.each([1, 37, 10_000])('leads to the same alerts in frames of %i events', async (frameSize) => {
    expect(summary(await alertsOf(normalized(), frameSize))).toEqual(EXPECTED);
  });

  it.each([1, 2, 3])('leads to one incident and one case (seed %i)', async (seed) => {
    const incoming = (await publishedBy(normalized(NOW, seed), 500)).map((alert) => {
      const parsed = parseScoredAlert(JSON.stringify(alert), acme.tenantId);
      assert(parsed.kind === 'alert', 'the correlator understands every alert');
      return parsed.incoming;
    });
    const known = { alerts: [], incidents: [], suppressions: new Map() };
    const plan = planCorrelation(acme.tenantId, incoming, known, NOW);
    expect(plan.alerts).toHaveLength(expectedDemo.alerts.length);
    expect(plan.openings).toHaveLength(expectedDemo.incidents);
    expect(plan.cases).toHaveLength(expectedDemo.cases);
  });
});
