import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import { RULE_PACK } from '@tocsin/content/rule-pack.ts';
import { RELATED_EVENTS_MAX, type ScoredAlert } from '@tocsin/contracts/alert.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { EPISODE_EVENT_IDS_MAX } from '@tocsin/correlation/window.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { seededRandom } from '@tocsin/kernel/random.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld, type World } from '@tocsin/kernel/world.ts';
import { openMemoryWindowStore } from '@tocsin/windows/memory-window-store.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDetector, type DetectCount, type Detector } from './detector.ts';
import { buildRuleRegistry } from './domain/rule-registry.ts';
import { sampleEvent } from './testing/sample-event.ts';

const T0 = Date.UTC(2026, 5, 1, 12);
const acme = systemContext(parseTenantId('acme-corp'), 'test');
const other = systemContext(parseTenantId('other-corp'), 'test');

const anyEndpoint: RuleDocument = {
  id: 'any-endpoint',
  name: 'any_endpoint',
  version: 1,
  kind: 'match',
  title: 'Any endpoint event',
  description: 'Something happened on {group}',
  severity: 4,
  category: 'endpoint',
  condition: { field: 'category', equals: 'endpoint' },
  parameters: {},
  tags: [],
};

interface Rig {
  readonly detector: Detector;
  readonly clock: ManualClock;
  readonly counts: Map<DetectCount, number>;
  /** Sends one frame with the next offset. */
  send(events: readonly NormalizedEvent[], options?: SendOptions): Promise<ScoredAlert[]>;
}

interface SendOptions {
  readonly tenant?: typeof acme;
  readonly offset?: number;
  readonly receivedAt?: number;
  readonly suppress?: boolean;
}

async function rigOf(
  documents: readonly unknown[] = RULE_PACK,
  stormAlertsMax?: number,
): Promise<Rig> {
  const clock = new ManualClock(T0);
  const world: World = { ...systemWorld(), clock, random: seededRandom(1) };
  const folder = join(await mkdtemp(join(tmpdir(), 'tocsin-detect-')), 'windows');
  const windows = await openMemoryWindowStore(world, { folder });
  const counts = new Map<DetectCount, number>();
  const detector = createDetector({
    rules: buildRuleRegistry(documents),
    windows,
    world,
    counts: { count: (what, _tenant, _rule, by) => counts.set(what, (counts.get(what) ?? 0) + by) },
    ...(stormAlertsMax === undefined ? {} : { stormAlertsMax }),
  });
  let offset = 0;
  return {
    detector,
    clock,
    counts,
    async send(events, options = {}) {
      offset = options.offset ?? offset + 1;
      const tenant = options.tenant ?? acme;
      const source = { source: `raw.events/0/${tenant.tenantId}`, offset };
      const receivedAt = options.receivedAt ?? T0 + 3_600_000;
      const suppress = options.suppress ?? false;
      return (await detector.detectFrame(tenant, source, events, receivedAt, suppress)).alerts;
    },
  };
}

function failure(id: string, at: number, more: Partial<NormalizedEvent> = {}): NormalizedEvent {
  return sampleEvent({
    eventId: id,
    timestamp: at,
    category: 'auth',
    action: 'login',
    outcome: 'failure',
    actorType: 'user',
    actorId: 'u-17',
    actorName: 'ann',
    srcIp: '203.0.113.7',
    sourceHost: 'bastion-01',
    ...more,
  });
}

function failures(count: number, start = T0, prefix = 'e', spacingMs = 1000): NormalizedEvent[] {
  return Array.from({ length: count }, (_, index) =>
    failure(`${prefix}${index}`, start + index * spacingMs),
  );
}

describe('the failed-login rule on the detector', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await rigOf();
  });
  const named = (alerts: readonly ScoredAlert[]) =>
    alerts.filter((alert) => alert.rule_name === 'failed_login_threshold');

  it('alerts on the tenth failure within 5 minutes and not on the ninth (A-054, N-06)', async () => {
    expect(named(await rig.send(failures(9)))).toEqual([]);
    const alerts = named(await rig.send([failure('tenth', T0 + 9000)]));
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({
      tenant_id: 'acme-corp',
      rule_name: 'failed_login_threshold',
      severity: 8,
      revision: 10,
      event_count: 10,
      total: 10,
      actor: { type: 'user', id: 'u-17', name: 'ann' },
      group: { actor: 'u-17' },
      src_ips: ['203.0.113.7'],
      hosts: ['bastion-01'],
      first_event_at: '2026-06-01T12:00:00.000Z',
      last_event_at: '2026-06-01T12:00:09.000Z',
      description: '10 failed logins of u-17 within 5 minutes of each other',
      storm: false,
    });
    expect(alerts[0]?.related_events).toHaveLength(10);
  });

  it('alerts on one event with failed_login_count 10 and no outcome (X-07)', async () => {
    const event = failure('sum', T0, { outcome: '', attributes: { failed_login_count: 10 } });
    expect(named(await rig.send([event]))).toMatchObject([
      { event_count: 1, total: 10, revision: 1 },
    ]);
  });

  it('reads a count that came as text, and takes nonsense for one', async () => {
    const counts = ['9', 'x', -5].map((failed_login_count, index) =>
      failure(`c${index}`, T0, { attributes: { failed_login_count } }),
    );
    expect(named(await rig.send(counts))).toMatchObject([{ event_count: 3, total: 11 }]);
  });

  it('counts ten deliveries of one event once', async () => {
    for (let delivery = 0; delivery < 10; delivery += 1) {
      expect(named(await rig.send([failure('same', T0)]))).toEqual([]);
    }
    expect(rig.counts.get('events_repeated')).toBeGreaterThanOrEqual(9);
  });

  it('does not alert on events hours apart that arrive together', async () => {
    expect(named(await rig.send(failures(10, T0, 'e', 3_600_000)))).toEqual([]);
  });

  it('alerts again, with another id, on a second burst after the window', async () => {
    const [first] = named(await rig.send(failures(10)));
    const [second] = named(await rig.send(failures(10, T0 + 1_800_000, 'f')));
    expect(second?.alert_id).toBeDefined();
    expect(second?.alert_id).not.toBe(first?.alert_id);
    expect(second?.event_count).toBe(10);
  });

  it.each([
    ['a success', { outcome: 'success' as const }],
    [
      'a success that states a count',
      { outcome: 'success' as const, attributes: { failed_login_count: 50 } },
    ],
    ['no outcome and no count', { outcome: '' as const }],
    ['another category', { category: 'network' as const }],
    ['a line that only accompanies a failure', { action: 'pam_auth' }],
    ['nobody', { actorId: '', actorName: '' }],
  ])('does not count an event with %s', async (_, more) => {
    const events = failures(12).map((event) => ({ ...event, ...more }));
    expect(named(await rig.send(events))).toEqual([]);
  });

  it('takes the actor by name when there is no id', async () => {
    const events = failures(10).map((event) => ({ ...event, actorId: '' }));
    expect(named(await rig.send(events))).toMatchObject([{ actor: { name: 'ann' } }]);
  });

  it('keeps actors and tenants apart', async () => {
    expect(named(await rig.send(failures(9)))).toEqual([]);
    expect(named(await rig.send([failure('x', T0 + 9000, { actorId: 'u-18' })]))).toEqual([]);
    expect(named(await rig.send([failure('y', T0 + 9000)], { tenant: other }))).toEqual([]);
  });
});

describe('detectFrame', () => {
  it('gives the ids of the rules of each event, undefined for none', async () => {
    const { detector } = await rigOf();
    const events = [failure('a', T0), sampleEvent({ eventId: 'b', category: 'ops' })];
    const source = { source: 's', offset: 1 };
    const { matches } = await detector.detectFrame(acme, source, events, T0, false);
    expect(matches[0]).toContain('failed-login-threshold');
    expect(matches[1]).toBeUndefined();
    expect(matches).toHaveLength(2);
  });

  it('gives no alerts for a frame the windows have applied, and its matches all the same', async () => {
    const { detector, send } = await rigOf();
    expect((await send(failures(10), { offset: 5 })).length).toBeGreaterThan(0);
    const source = { source: 'raw.events/0/acme-corp', offset: 5 };
    const again = await detector.detectFrame(acme, source, failures(10), T0, false);
    expect(again.alerts).toEqual([]);
    expect(again.matches).toHaveLength(10);
    expect(again.matches[0]).toBeDefined();
  });

  it('fills windows and publishes nothing while alerts are suppressed', async () => {
    const { send, detector } = await rigOf();
    expect(await send(failures(9), { suppress: true })).toEqual([]);
    expect(await send([failure('tenth', T0 + 9000)], { suppress: true })).toEqual([]);
    expect(detector.flushAlerts()).toEqual([]);
    expect(await send([failure('next', T0 + 10_000)])).toMatchObject([{ event_count: 11 }]);
  });

  it('evaluates an event from the far future at its receipt, tags and counts it', async () => {
    const { send, counts } = await rigOf();
    const receivedAt = T0 + 10_000;
    const wrong = failure('wrong', receivedAt + 300_001);
    await send([wrong], { receivedAt });
    expect(wrong.tags).toContain('clock_wrong');
    expect(counts.get('events_clock_wrong')).toBe(1);
    // The group is not blind: nine more at the right time make ten.
    expect(await send(failures(9), { receivedAt })).toMatchObject([{ event_count: 10 }]);
  });

  it.each([
    -1,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])('takes the time of receipt in place of %s', async (timestamp) => {
    const { send } = await rigOf();
    const event = failure('odd', timestamp, { attributes: { failed_login_count: 10 } });
    expect(await send([event], { receivedAt: T0 })).toMatchObject([
      { first_event_at: '2026-06-01T12:00:00.000Z' },
    ]);
  });

  it('keeps the group of a very long name short, and apart from another one', async () => {
    const { send } = await rigOf();
    const long = (end: string) => `${'x'.repeat(5000)}${end}`;
    const events = ['a', 'b'].map((end) =>
      failure(end, T0, { actorId: long(end), attributes: { failed_login_count: 10 } }),
    );
    const alerts = await send(events);
    expect(alerts).toHaveLength(2);
    for (const alert of alerts) expect(alert.group.actor?.length).toBe(256);
  });

  it('believes a timestamp exactly 5 minutes ahead', async () => {
    const { send, counts } = await rigOf();
    const event = failure('edge', T0 + 300_000);
    await send([event], { receivedAt: T0 });
    expect(event.tags).toEqual([]);
    expect(counts.get('events_clock_wrong')).toBeUndefined();
  });

  it('opens an alert at once and then updates it once a second with the newest state', async () => {
    const { send, clock, detector } = await rigOf();
    expect(await send(failures(10))).toHaveLength(1);
    for (let index = 0; index < 5; index += 1) {
      expect(await send([failure(`u${index}`, T0 + 10_000 + index)])).toEqual([]);
    }
    await clock.advance(1000);
    expect(detector.dueAlerts()).toMatchObject([{ revision: 15 }]);
    expect(detector.flushAlerts()).toEqual([]);
  });

  it('gives only alerts of the tenant of the frame, whatever is held back for others', async () => {
    const { send, clock, detector } = await rigOf();
    await send(failures(10));
    await send([failure('more', T0 + 10_000)]);
    await clock.advance(5000);
    expect(await send([], { tenant: other })).toEqual([]);
    expect(detector.dueAlerts()).toMatchObject([{ tenant_id: 'acme-corp', revision: 11 }]);
  });

  it('never loses the last state: a flush has what was held', async () => {
    const { send, detector } = await rigOf();
    await send(failures(10));
    await send([failure('last', T0 + 10_000)]);
    expect(detector.flushAlerts()).toMatchObject([{ revision: 11, event_count: 11 }]);
  });

  it('makes one storm alert of what a rule opens past its cap', async () => {
    const { send, counts, detector } = await rigOf([anyEndpoint], 5);
    const events = Array.from({ length: 20 }, (_, index) =>
      sampleEvent({
        eventId: `m${index}`,
        timestamp: T0,
        category: 'endpoint',
        actorId: `a${index}`,
      }),
    );
    const alerts = await send(events);
    expect(alerts.filter((alert) => !alert.storm)).toHaveLength(5);
    expect(alerts.filter((alert) => alert.storm)).toMatchObject([{ event_count: 20, severity: 4 }]);
    expect(counts.get('alerts_muted_by_storm')).toBe(15);
    // A muted alert stays muted, one from before the storm goes on.
    const more = ['a19', 'a0'].map((actorId) =>
      sampleEvent({ eventId: `n${actorId}`, timestamp: T0, category: 'endpoint', actorId }),
    );
    await send(more);
    expect(detector.flushAlerts().map((alert) => alert.group.actor)).toEqual(['a0']);
  });

  it('ends a storm after a quiet minute', async () => {
    const { send } = await rigOf([anyEndpoint], 2);
    const event = (id: string) =>
      sampleEvent({ eventId: id, timestamp: T0, category: 'endpoint', actorId: id });
    await send(['a', 'b', 'c'].map(event), { receivedAt: T0 });
    const later = await send([event('d')], { receivedAt: T0 + 60_001 });
    expect(later).toMatchObject([{ storm: false, group: { actor: 'd' } }]);
  });

  it('looks back by the longest window plus lateness', async () => {
    const { detector } = await rigOf([anyEndpoint]);
    expect(detector.longestLookbackMs).toBe(7_200_000);
  });

  it('names as many events as a window keeps', () => {
    expect(EPISODE_EVENT_IDS_MAX).toBe(RELATED_EVENTS_MAX);
  });
});
