import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Effort, progress, type Report } from './scenario.ts';
import { SCENARIOS, SHORT } from './scenarios.ts';
import { removeVolumes } from './volume.ts';

/**
 * `make torture`, or `node tests/torture/run.ts [scenario...] [--short] [--cycles N] [--minutes N] [--report FOLDER]`:
 * breaks the running product on purpose and compares what was acknowledged with what is there. One line a scenario, how
 * far it is once a minute, and a table in the end; with --report also a JSON file each, with --counts FILE their number
 * by result. Exit status 1 when a promise was broken.
 */
// What is mounted or running ends with this process, also on Ctrl-C.
process.on('exit', removeVolumes);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const TOLD_EVERY_MS = 60_000;
const HEAD = `${'scenario'.padEnd(14)}${'result'.padEnd(9)}${'time'.padStart(8)}${['acknowledged', 'stored', 'alerts'].map((name) => name.padStart(14)).join('')}`;
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
const table: string[] = [];
const start = performance.now();
const secondsSince = (began: number): number => Math.round((performance.now() - began) / 1000);
console.log(`${wanted.length} scenarios: ${wanted.map(({ name }) => name).join(', ')}`);
for (const [index, scenario] of wanted.entries()) {
  const began = performance.now();
  progress.now = '';
  const told = setInterval(() => {
    const far = progress.now === '' ? '' : `, ${progress.now}`;
    console.log(
      `        ${scenario.name} (${index + 1} of ${wanted.length}): ${secondsSince(began)} s${far}`,
    );
  }, TOLD_EVERY_MS);
  const report = await scenario.run(effort).catch((error: unknown): Report => {
    return { scenario: scenario.name, result: 'failed', faults: [String(error)], figures: {} };
  });
  clearInterval(told);
  const seconds = secondsSince(began);
  counts[report.result] += 1;
  const more = report.result === 'not run' ? report.reason : JSON.stringify(report.figures);
  console.log(`${report.result.padEnd(7)} ${scenario.name.padEnd(14)} ${seconds} s  ${more}`);
  for (const fault of report.faults) console.log(`        ${fault}`);
  table.push(rowOf(report, seconds));
  if (values.report !== undefined) {
    await mkdir(values.report, { recursive: true });
    const text = JSON.stringify({ ...report, seconds, short: effort.short }, undefined, 2);
    await writeFile(join(values.report, `${scenario.name}.json`), `${text}\n`);
  }
}
console.log(`\n${HEAD}\n${table.join('\n')}`);
console.log(
  `${counts.passed} passed, ${counts.failed} failed, ${counts['not run']} not run, in ${secondsSince(start)} s`,
);
if (values.counts !== undefined) await writeFile(values.counts, JSON.stringify(counts));
process.exit(counts.failed === 0 ? 0 : 1);

/** One line of the table; columns as in `HEAD`. */
function rowOf({ scenario, result, reason, faults, figures }: Report, seconds: number): string {
  const columns = [figures['acknowledged'], figures['stored'], figures['alerts']];
  const numbers = columns.map((value) => String(value ?? '').padStart(14)).join('');
  const why = reason ?? faults[0] ?? '';
  return `${scenario.padEnd(14)}${result.padEnd(9)}${String(seconds).padStart(6)} s${numbers}  ${why}`.trimEnd();
}
