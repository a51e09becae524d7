import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Effort, Report } from './scenario.ts';
import { SCENARIOS, SHORT } from './scenarios.ts';
import { removeVolumes } from './volume.ts';

/**
 * `make torture`, or `node tests/torture/run.ts [scenario...] [--short] [--cycles N] [--minutes N] [--report FOLDER]`:
 * breaks the running product on purpose and compares what was acknowledged with what is there. One line a scenario;
 * with --report also a JSON file each, with --counts FILE their number by result. Exit status 1 when a promise was
 * broken.
 */
// What is mounted or running ends with this process, also on Ctrl-C.
process.on('exit', removeVolumes);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    cycles: { type: 'string' },
    minutes: { type: 'string' },
    report: { type: 'string' },
    counts: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});
const effort: Effort = {
  short: values.short,
  ...(values.cycles === undefined ? {} : { cycles: Number(values.cycles) }),
  ...(values.minutes === undefined ? {} : { minutes: Number(values.minutes) }),
};
const known = new Map(SCENARIOS.map((scenario) => [scenario.name, scenario]));
const unknown = positionals.find((name) => !known.has(name));
if (values.list || unknown !== undefined) {
  if (unknown !== undefined) console.error(`there is no scenario ${unknown}; these are:`);
  for (const name of known.keys()) console.log(name);
  process.exit(unknown === undefined ? 0 : 2);
}
const all = values.short ? SHORT : SCENARIOS;
const wanted =
  positionals.length === 0 ? all : positionals.flatMap((name) => known.get(name) ?? []);
const counts = { passed: 0, failed: 0, 'not run': 0 };
for (const scenario of wanted) {
  const began = performance.now();
  const report = await scenario.run(effort).catch((error: unknown): Report => {
    return { scenario: scenario.name, result: 'failed', faults: [String(error)], figures: {} };
  });
  const seconds = Math.round((performance.now() - began) / 1000);
  counts[report.result] += 1;
  const more = report.result === 'not run' ? report.reason : JSON.stringify(report.figures);
  console.log(`${report.result.padEnd(7)} ${scenario.name.padEnd(14)} ${seconds} s  ${more}`);
  for (const fault of report.faults) console.log(`        ${fault}`);
  if (values.report !== undefined) {
    await mkdir(values.report, { recursive: true });
    const text = JSON.stringify({ ...report, seconds, short: effort.short }, undefined, 2);
    await writeFile(join(values.report, `${scenario.name}.json`), `${text}\n`);
  }
}
if (values.counts !== undefined) await writeFile(values.counts, JSON.stringify(counts));
process.exit(counts.failed === 0 ? 0 : 1);
