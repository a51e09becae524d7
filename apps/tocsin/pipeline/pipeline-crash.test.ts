import type { Frame } from '@tocsin/bus/frame.ts';
import type { Failpoint } from '@tocsin/kernel/failpoint.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACME, clientId, failedLogin, frameOf } from './testing/sample-log.ts';
import { Crash, TestHome } from './testing/test-home.ts';

const FAILPOINTS: readonly Failpoint[] = [
  'publish.before-commit',
  'publish.after-commit',
  'alerts.after-publish',
  'archive.after-put',
  'roll.before-commit',
  'roll.after-commit',
  'roll.after-drop',
  'checkpoint.before-rename',
  'checkpoint.after-rename',
  'cursor.before-commit',
  'cursor.after-commit',
];

/** One event: whose login failed, when, and which id its client gave it; 0 for none. */
interface Attempt {
  readonly actor: string;
  readonly second: number;
  readonly id: number;
}

const attempt = fc.record({
  actor: fc.constantFrom('ada', 'bob'),
  second: fc.nat(400),
  id: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 12 })),
});
const frames = fc
  .array(fc.array(attempt, { minLength: 2, maxLength: 8 }), { minLength: 5, maxLength: 12 })
  .map((groups) => groups.map((group, index) => asFrame(group, index)));

/** Frames after which a barrier runs, and planned crashes: each process lives until its own. */
const life = fc.record({
  barrierAfter: fc.integer({ min: 1, max: 4 }),
  label: fc.constantFrom(...FAILPOINTS),
  passes: fc.nat(2),
  slow: fc.constantFrom('nothing', 'publish', 'checkpoint'),
  steps: fc.integer({ min: 2, max: 12 }),
  pauseMs: fc.constantFrom(0, 300, 1100),
});

function asFrame(group: readonly Attempt[], index: number): Frame {
  const lines = group.map(({ actor, second, id }) =>
    failedLogin(actor, second, {
      attributes: { failed_login_count: 3 },
      ...(id === 0 ? {} : { event_id: clientId(id) }),
    }),
  );
  return frameOf(`crash/${index}`, lines);
}

interface Outcome {
  readonly rows: readonly unknown[];
  readonly alerts: ReadonlyMap<string, unknown>;
}

async function outcomeOf(home: TestHome): Promise<Outcome> {
  return { rows: await home.rows(ACME), alerts: new Map([...home.alerts].sort()) };
}

async function runToEnd(home: TestHome, barrierAfter: number): Promise<void> {
  await home.open();
  while (home.cursor < home.log.length) {
    await home.take(Math.min(home.cursor + barrierAfter, home.log.length));
    await home.pipeline.barrier();
  }
}

/** Runs one process until its planned crash, or until it has taken so many frames. */
async function liveAndDie(
  home: TestHome,
  { barrierAfter, steps, pauseMs }: { barrierAfter: number; steps: number; pauseMs: number },
): Promise<void> {
  await home.open();
  const last = Math.min(home.cursor + steps, home.log.length);
  try {
    for (let offset = home.cursor + 1; offset <= last; offset += 1) {
      const frame = home.log[offset - 1];
      if (frame === undefined) break;
      await home.takeOne(frame, offset);
      await home.clock.advance(pauseMs);
      if (offset % barrierAfter === 0) await home.pipeline.barrier();
    }
  } catch (error) {
    if (!(error instanceof Crash) && !causedByCrash(error)) throw error;
  }
  await home.crash();
}

/** Windows say `unavailable` of a checkpoint that a crash cut short. */
function causedByCrash(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Crash;
}

/** Twelve frames of two brute forces; each second one repeats an id of the frame before, under another name. */
const STORY: readonly Frame[] = Array.from({ length: 12 }, (_, index) =>
  asFrame(
    [
      { actor: 'ada', second: index * 20, id: 0 },
      { actor: 'bob', second: index * 20 + 1, id: 0 },
      { actor: index % 2 === 0 ? 'ada' : 'eve', second: index * 20 + 2, id: 1 + (index >> 1) },
    ],
    index,
  ),
);

describe('a pipeline that is killed', () => {
  const calm = story();

  it.each([
    ...FAILPOINTS.map((label) => [label, 'nothing'] as const),
    ['checkpoint.after-rename', 'publish'] as const,
    ['cursor.after-commit', 'publish'] as const,
    ['archive.after-put', 'checkpoint'] as const,
    ['roll.after-commit', 'checkpoint'] as const,
    ['roll.after-drop', 'checkpoint'] as const,
  ])('has stored and published the same as one that is not: at %s while %s is slow', async (label, slow) => {
    const home = await TestHome.create();
    home.log.push(...STORY);
    home.plan = { label, passes: 0, slow };
    await liveAndDie(home, {
      barrierAfter: slow === 'publish' ? STORY.length : 4,
      steps: STORY.length,
      pauseMs: 400,
    });
    expect(home.crashed).toBe(true);
    home.plan = undefined;
    await runToEnd(home, 5);
    expect(await outcomeOf(home)).toEqual(await calm);
    await home.discard();
  });

  it('has stored and published the same as one that is not, over many lives', async () => {
    const property = fc.asyncProperty(
      frames,
      fc.array(life, { minLength: 1, maxLength: 4 }),
      async (log, lives) => {
        const home = await TestHome.create();
        home.log.push(...log);
        for (const one of lives) {
          home.plan = one;
          await liveAndDie(home, one);
        }
        home.plan = undefined;
        await runToEnd(home, 3);
        expect(await outcomeOf(home)).toEqual(await calmOutcome(log));
        await home.discard();
      },
    );
    await fc.assert(property, { numRuns: 5 });
  });
});

async function story(): Promise<Outcome> {
  const outcome = await calmOutcome(STORY);
  expect(outcome.rows).toHaveLength(12 * 2 + 6);
  expect(outcome.alerts.size).toBe(2);
  return outcome;
}

/** What a process that never dies makes of the same frames. */
async function calmOutcome(log: readonly Frame[]): Promise<Outcome> {
  const home = await TestHome.create();
  home.log.push(...log);
  await runToEnd(home, log.length);
  const outcome = await outcomeOf(home);
  await home.discard();
  return outcome;
}
