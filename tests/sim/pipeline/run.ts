import { parseArgs } from 'node:util';
import { PIPELINE_BREAKS, type PipelineBreak } from './pipeline-breaks.ts';
import { simulate } from './simulate.ts';

/**
 * `make sim`, or `node tests/sim/pipeline/run.ts [--seeds N] [--from N] [--seed N] [--broken BREAK]`: the pipeline on a
 * simulated machine, seed after seed. A failure prints the line that shows it again; how far it is is said twice a
 * minute. Exit status 1 when there was a failure.
 */
const TOLD_EVERY_MS = 30_000;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    broken: { type: 'string' },
  },
});
const breaks: readonly string[] = Object.values(PIPELINE_BREAKS);
if (values.broken !== undefined && !breaks.includes(values.broken)) {
  console.error(`--broken is one of ${breaks.join(', ')}`);
  process.exit(2);
}
const broken = values.broken as PipelineBreak | undefined;
const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const began = performance.now();
const happened: Record<string, number> = {};
let failed = 0;
let done = count;
let told = began;
for (let seed = first; seed < first + count; seed += 1) {
  const verdict = await simulate(seed, broken);
  for (const [what, times] of Object.entries(verdict.happened))
    happened[what] = (happened[what] ?? 0) + times;
  if (performance.now() - told > TOLD_EVERY_MS) {
    told = performance.now();
    console.log(`${seed - first + 1} of ${count} seeds, ${failed} failed`);
  }
  if (verdict.faults.length === 0) continue;
  failed += 1;
  done = seed - first + 1;
  const more = broken === undefined ? '' : ` --broken ${broken}`;
  console.log(`failed: node tests/sim/pipeline/run.ts --seed ${seed}${more}`);
  for (const fault of verdict.faults.slice(0, 10)) console.log(`        ${fault}`);
  // A planted fault is to be found, once.
  if (broken !== undefined) break;
}
const seconds = Math.round((performance.now() - began) / 100) / 10;
console.log(
  `${failed === 0 || broken === undefined ? count : done} seeds, ${failed} failed, ${seconds} s: ${JSON.stringify(happened)}`,
);
process.exit(failed === 0 ? 0 : 1);
