import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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
import { DEFERRED_GROUP, DEFERRED_TOPIC } from './deferred-lane.ts';
import { PipelineHost } from './pipeline-host.ts';
import { ACME, frameOf } from './testing/sample-log.ts';

const acme = systemContext(ACME, 'test');
const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

const COSTLY = '11111111-1111-4111-8111-111111111111';
const CHEAP = '22222222-2222-4222-8222-222222222222';
const LOGSOURCE = 'logsource: {product: linux, service: sshd}';
const RULES = `title: Costly
id: ${COSTLY}
${LOGSOURCE}
detection: {sel: {'message|re': '(a|b)*c.*d'}, condition: sel}
level: high
---
title: Cheap
id: ${CHEAP}
${LOGSOURCE}
detection: {sel: ['needle'], condition: sel}
level: high
`;
/** Past what its two frames of ordinary lines cost the costly rule, and the cheap ones do not. */
const STEPS_MAX = 2;

interface Running {
  readonly bus: LmdbEventBus;
  readonly host: PipelineHost;
}

async function start(folder: string): Promise<Running> {
  const fatal = (error: unknown): never => {
    throw error;
  };
  const world = systemWorld();
  const bus = await openLmdbEventBus({
    folder: join(folder, 'bus'),
    world,
    onFatal: fatal,
    readDiskSpace: roomyDisk,
  });
  const rulesFolder = join(folder, 'rules');
  const options = { dataFolder: folder, failpoints: '', rulesFolder, sigmaStepsMax: STEPS_MAX };
  const host = new PipelineHost(options, bus, world.clock, fatal);
  await host.start();
  return { bus, host };
}

async function stop({ bus, host }: Running): Promise<void> {
  await host.stop();
  await bus.close();
}

async function homeWithRules(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-lane-'));
  folders.push(folder);
  await mkdir(join(folder, 'rules'));
  await writeFile(join(folder, 'rules', 'rules.yml'), RULES);
  return folder;
}

const line = (host: string, text: string): string =>
  JSON.stringify({ source: 'linux_auth', raw: `Mar  3 11:00:00 ${host} sshd[811]: ${text}` });
const frame = (name: string, lines: readonly string[]) =>
  frameOf(name, lines, { contentType: 'application/x-tocsin-wrapped' });
const ordinary = (name: string) =>
  frame(
    name,
    Array.from({ length: 600 }, (_, index) => line('web', `${'ab'.repeat(300)} c${index}`)),
  );

const alerted = (alerts: Collector, rule: string): string[] =>
  alerts.lines
    .map((text) => JSON.parse(text))
    .filter(({ rule_id }) => rule_id === rule)
    .map(({ group }) => group.actor);

describe('a Sigma rule over its budget', () => {
  it('runs late: its alerts come, those of others do not wait, and a restart loses none', async () => {
    const folder = await homeWithRules();
    const first = await start(folder);
    const alerts = new Collector();
    await first.bus.consumeLog('alerts.scored', 'checker', alerts);
    await first.bus.publish([frame('before', [line('one', 'c needle')])]);
    await first.bus.publish([ordinary('load/1'), ordinary('load/2')]);
    await alerts.until(() => alerted(alerts, 'rule-off-hot-path').length > 0);
    await first.bus.publish([frame('after', [line('two', 'c needle')])]);
    await alerts.until(() => alerted(alerts, COSTLY).length === 2);
    expect(alerted(alerts, COSTLY)).toEqual(['one', 'two']);
    expect(alerted(alerts, CHEAP)).toEqual(['one', 'two']);
    expect((await first.host.check()).detail).toContain('1 Sigma rules run late');
    const text = await first.host.metrics();
    expect(text).toMatch(new RegExp(`tocsin_sigma_deferred_rules\\{[^}]*${COSTLY}[^}]*\\} 1`));
    expect(text).toMatch(new RegExp(`tocsin_sigma_rule_steps\\{[^}]*${COSTLY}[^}]*\\} [1-9]`));
    const query = parseQuery(`source.host:two`);
    const request = { collection: 'events', query, range: ALL_TIME, limit: 9 } as const;
    expect((await first.host.search(acme, request)).items).toHaveLength(1);
    await stop(first);

    const again = await start(folder);
    await again.bus.consumeLog('alerts.scored', 'checker', alerts);
    await again.bus.publish([frame('later', [line('three', 'c needle')])]);
    await alerts.until(() => alerted(alerts, COSTLY).length === 3);
    expect((await again.host.check()).detail).toContain('1 Sigma rules run late');
    await stop(again);
    const bus = await reopened(folder);
    const { tenants } = await bus.depth(DEFERRED_TOPIC, DEFERRED_GROUP);
    await bus.close();
    expect(tenants.reduce((sum, { frames }) => sum + frames, 0)).toBe(0);
  });
});

describe('a person puts a rule back', () => {
  it('which then matches on the hot path, and is moved again while it still costs too much, also over restarts', async () => {
    const folder = await homeWithRules();
    const first = await start(folder);
    const alerts = new Collector();
    await first.bus.consumeLog('alerts.scored', 'checker', alerts);
    await first.bus.publish([ordinary('load/1'), ordinary('load/2')]);
    const moved = await deferredOf(first);
    await first.host.putBack([moved]);
    await expect.poll(() => deferrals(first)).toEqual([]);
    await first.bus.publish([frame('hot', [line('hot', 'c needle')])]);
    await expect.poll(() => rulesOf(first, 'hot')).toEqual([COSTLY, CHEAP].sort());
    await stop(first);

    const again = await start(folder);
    await again.host.putBack([moved]);
    await again.bus.consumeLog('alerts.scored', 'checker', alerts);
    expect(await deferrals(again)).toEqual([]);
    await again.bus.publish([ordinary('load/3'), ordinary('load/4')]);
    const movedAgain = await deferredOf(again);
    expect(movedAgain.since).toBeGreaterThan(moved.since);
    await stop(again);

    const last = await start(folder);
    await last.host.putBack([moved]);
    expect(await deferrals(last)).toMatchObject([movedAgain]);
    await last.host.putBack([movedAgain]);
    await expect.poll(() => deferrals(last)).toEqual([]);
    await stop(last);
  });

  it('while frames come without a pause, and each of them is tried once', async () => {
    const running = await start(await homeWithRules());
    const alerts = new Collector();
    await running.bus.consumeLog('alerts.scored', 'checker', alerts);
    await running.bus.publish([ordinary('load/1'), ordinary('load/2')]);
    const moved = await deferredOf(running);
    let sent = 0;
    let asked: Promise<void> | undefined;
    for (;;) {
      const { rules, waiting } = await running.host.deferredNow();
      if (sent >= 10 && rules.length === 0) break;
      // The lane keeps up, however slow the machine is: with too many behind it nothing goes back.
      if (waiting.some(({ frames }) => frames > 5)) continue;
      sent += 1;
      await running.bus.publish([frame(`steady/${sent}`, [line(`host${sent % 20}`, 'c needle')])]);
      if (sent === 5) asked = running.host.putBack([moved]);
    }
    await asked;
    await alerts.until(() => counted(alerts) >= sent);
    expect(counted(alerts)).toBe(sent);
    await stop(running);
  });
});

/** Events that the costly rule has counted, over all alerts. */
function counted(alerts: Collector): number {
  const newest = new Map<string, number>();
  for (const text of alerts.lines) {
    const { rule_id, alert_id, event_count } = JSON.parse(text);
    if (rule_id === COSTLY) newest.set(alert_id, event_count);
  }
  return [...newest.values()].reduce((sum, count) => sum + count, 0);
}

const deferrals = async ({ host }: Running) => (await host.deferredNow()).rules;

/** The one rule off the hot path, once there is one. */
async function deferredOf(running: Running): Promise<{ ruleId: string; since: number }> {
  await expect
    .poll(async () => (await deferrals(running)).map(({ ruleId }) => ruleId))
    .toEqual([COSTLY]);
  const [found] = await deferrals(running);
  return { ruleId: COSTLY, since: found?.since ?? 0 };
}

/** What the events of a host are stored with. */
async function rulesOf({ host }: Running, name: string): Promise<unknown> {
  const query = parseQuery(`source.host:${name}`);
  const request = { collection: 'events', query, range: ALL_TIME, limit: 9 } as const;
  const [event] = (await host.search(acme, request)).items;
  return [...((event?.['rules'] as string[] | undefined) ?? [])].sort();
}

async function reopened(folder: string): Promise<LmdbEventBus> {
  return openLmdbEventBus({
    folder: join(folder, 'bus'),
    world: systemWorld(),
    onFatal: () => undefined,
    readDiskSpace: roomyDisk,
  });
}
