import type { Frame } from '@tocsin/bus/frame.ts';
import type { Failpoint } from '@tocsin/kernel/failpoint.ts';
import { loadSigma } from '@tocsin/sigma/load-sigma.ts';
import { describe, expect, it } from 'vitest';
import { frameOf } from './testing/sample-log.ts';
import { Crash, TestHome } from './testing/test-home.ts';

const rule = (name: string, detection: string): string =>
  `title: ${name}\nname: ${name}\nlevel: high\nlogsource: {product: linux, service: sshd}\ndetection: ${detection}\n`;
const content = loadSigma([
  { name: 'a', text: rule('costly', "{sel: {'message|re': '(a|b)*c.*d'}, condition: sel}") },
  { name: 'b', text: rule('cheap', "{sel: ['needle'], condition: sel}") },
]);
/** One frame of ordinary lines costs the costly rule more, and the cheap one does not. */
const STEPS_MAX = 1;

const line = (host: string, text: string): string =>
  JSON.stringify({ source: 'linux_auth', raw: `Mar  3 11:00:00 ${host} sshd[811]: ${text}` });
const frame = (name: string, lines: readonly string[]): Frame =>
  frameOf(name, lines, { contentType: 'application/x-tocsin-wrapped' });
const hit = (host: string): Frame => frame(host, [line(host, 'c needle')]);
const ordinary = (name: string): Frame =>
  frame(
    name,
    Array.from({ length: 600 }, (_, index) => line('web', `${'ab'.repeat(300)} c${index}`)),
  );
const LOG = [hit('one'), ordinary('load/1'), hit('two'), ordinary('load/2'), hit('three')];

const FAILPOINTS: readonly Failpoint[] = [
  'publish.before-commit',
  'publish.after-commit',
  'alerts.after-publish',
  'archive.after-put',
  'roll.after-commit',
  'checkpoint.before-rename',
  'checkpoint.after-rename',
  'cursor.before-commit',
  'cursor.after-commit',
];

async function newHome(): Promise<TestHome> {
  const home = await TestHome.create();
  home.sigma = { content, stepsMax: STEPS_MAX };
  home.log.push(...LOG);
  return home;
}

async function live(home: TestHome): Promise<void> {
  await home.open();
  while (home.cursor < home.log.length) {
    await home.take(home.cursor + 1);
    await home.runLane();
    await home.pipeline.barrier();
  }
}

async function liveAndDie(home: TestHome): Promise<void> {
  await live(home).catch((error: unknown) => {
    const crashed =
      error instanceof Crash || (error instanceof Error && error.cause instanceof Crash);
    if (!crashed) throw error;
  });
  await home.crash();
}

/** What people see: of each rule and host how many events, and that a rule runs late. */
function outcomeOf(home: TestHome): object {
  const alerts = [...home.alerts.values()];
  const late = alerts.filter(({ rule_id }) => rule_id === 'rule-off-hot-path');
  const found = alerts.filter((alert) => !late.includes(alert));
  return {
    late: late.map(({ group }) => group['rule_id']),
    found: found
      .map(({ rule_name, group, event_count }) => `${rule_name} ${group['actor']} ${event_count}`)
      .sort(),
    backlog: home.deferred.length - home.deferredCursor,
    deferrals: home.detector.deferring?.deferrals.map(({ ruleId }) => ruleId),
  };
}

const EXPECTED = {
  late: ['costly'],
  found: ['one', 'three', 'two'].flatMap((host) => [`cheap ${host} 1`, `costly ${host} 1`]).sort(),
  backlog: 0,
  deferrals: ['costly'],
};

describe('a process that is killed while a rule is moved off the hot path', () => {
  it('is told by what one that lives does', async () => {
    const home = await newHome();
    await live(home);
    expect(outcomeOf(home)).toEqual(EXPECTED);
    expect(home.deferred.length).toBeGreaterThan(0);
    await home.discard();
  }, 60_000);

  const cases = FAILPOINTS.flatMap((label) => [0, 1].map((passes) => [label, passes] as const));
  it.each(cases)(
    'has the same alarms, matches and backlog afterwards: at %s, pass %i',
    async (label, passes) => {
      const home = await newHome();
      home.plan = { label, passes };
      await liveAndDie(home);
      expect(home.crashed).toBe(true);
      home.plan = undefined;
      await live(home);
      expect(outcomeOf(home)).toEqual(EXPECTED);
      await home.discard();
    },
    60_000,
  );
});
