import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import { type LmdbEventBus, openLmdbEventBus } from '@tocsin/bus/lmdb/lmdb-event-bus.ts';
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

async function reopened(folder: string): Promise<LmdbEventBus> {
  return openLmdbEventBus({
    folder: join(folder, 'bus'),
    world: systemWorld(),
    onFatal: () => undefined,
    readDiskSpace: roomyDisk,
  });
}
