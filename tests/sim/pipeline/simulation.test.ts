import { describe, expect, it } from 'vitest';
import { PIPELINE_BREAKS } from './pipeline-breaks.ts';
import { simulate, type Verdict } from './simulate.ts';

const SEEDS = 200;
/** Seeds within which a planted fault must come up. */
const PATIENCE = 400;
/** Where one that needs a rare mixture was found: looked at first, and only to save time. */
const FOUND_AT: Readonly<Record<string, number>> = {
  'cursor-before-store': 212,
  'store-ignores-applied': 97,
  'folder-not-synced': 34,
};

describe('the pipeline on a simulated machine', () => {
  it('keeps what it acknowledged, once and in order, with one alert and one case an attack, under 200 seeds', async () => {
    const happened: Record<string, number> = {};
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const verdict = await simulate(seed);
      const again = `node tests/sim/pipeline/run.ts --seed ${seed}`;
      expect(verdict.faults, again).toEqual([]);
      for (const [what, times] of Object.entries(verdict.happened))
        happened[what] = (happened[what] ?? 0) + times;
    }
    // The runs are worth something only if much was interrupted and much was found.
    for (const what of ['data', 'control', 'power', 'clock', 'database'])
      expect(happened[what], what).toBeGreaterThan(20);
    expect(happened['victims']).toBeGreaterThan(500);
  });

  it('does the same again under the same seed', async () => {
    for (const seed of [3, 17, 40]) {
      const first = await simulate(seed);
      const second = await simulate(seed);
      expect(second).toEqual(first);
      expect(first.steps).toBeGreaterThan(200);
    }
  });
});

describe('a pipeline that', () => {
  it.each(Object.entries(PIPELINE_BREAKS))(
    '%s is found out',
    async (_, broken) => {
      let found: Verdict | undefined;
      const first = FOUND_AT[broken] ?? 1;
      for (let seed = first; seed < first + PATIENCE && found === undefined; seed += 1) {
        const verdict = await simulate(seed, broken);
        if (verdict.faults.length > 0) found = verdict;
      }
      expect(found).toBeDefined();
    },
    120_000,
  );
});
