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
  second: fc.nat(900),
  id: fc.oneof(
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 12 }) },
  ),
});
const frames = fc
  .array(fc.array(attempt, { minLength: 1, maxLength: 8 }), { minLength: 4, maxLength: 12 })
  .map((groups) => groups.map((group, index) => asFrame(group, index)));

/** Frames after which a barrier runs, and planned crashes: each process lives until its own. */
const life = fc.record({
  barrierAfter: fc.integer({ min: 1, max: 4 }),
  label: fc.constantFrom(...FAILPOINTS),
  passes: fc.nat(2),
  steps: fc.integer({ min: 1, max: 12 }),
  pauseMs: fc.constantFrom(0, 300, 1100),
});

function asFrame(group: readonly Attempt[], index: number): Frame {
  const lines = group.map(({ actor, second, id }) =>
    failedLogin(actor, second, id === 0 ? {} : { event_id: clientId(id) }),
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

describe('a pipeline that is killed', () => {
  it('has stored and published the same as one that is not, wherever it dies', async () => {
    const property = fc.asyncProperty(
      frames,
      fc.array(life, { minLength: 1, maxLength: 4 }),
      async (log, lives) => {
        const [calm, killed] = await Promise.all([TestHome.create(), TestHome.create()]);
        calm.log.push(...log);
        killed.log.push(...log);
        await runToEnd(calm, log.length);
        for (const one of lives) {
          killed.plan = one;
          await liveAndDie(killed, one);
        }
        killed.plan = undefined;
        await runToEnd(killed, 3);
        expect(await outcomeOf(killed)).toEqual(await outcomeOf(calm));
        for (const home of [calm, killed]) {
          await home.crash();
          await home.remove();
        }
      },
    );
    await fc.assert(property, { numRuns: 20 });
  });
});
