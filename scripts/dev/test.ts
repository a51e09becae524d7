import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One runner and what it counts as. */
interface Part {
  readonly name: string;
  readonly command: readonly string[];
  /** A runner of tests counts its tests; any other counts as one. */
  readonly report?: string;
  readonly countsIn?: (report: string) => Counts;
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const only = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'tocsin-test-'));
const report = join(folder, 'vitest.json');

const leaks = join(folder, 'gitleaks.json');

const CHECKS: readonly Part[] = [
  { name: 'lint', command: ['biome', 'check', '.'] },
  { name: 'types', command: ['tsc', '--noEmit'] },
  {
    name: 'dependency rules',
    command: ['depcruise', '--config', '.dependency-cruiser.cjs', ...rootsOfCode()],
  },
  { name: 'dead code', command: ['knip', '--no-config-hints'] },
  { name: 'supply chain', command: [process.execPath, 'scripts/dev/supply-chain.ts'] },
  {
    name: 'secrets in history',
    command: ['scripts/dev/gitleaks', '--if-built', leaks],
    report: leaks,
    countsIn: partsCounted,
  },
];

const TESTS: Part = {
  name: 'tests',
  command: [
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...only,
  ],
  report,
};

const broken = join(folder, 'torture.json');

/** The running product, killed and cut off from power: what the machine has no means for is counted as skipped. */
const TORTURE: Part = {
  name: 'torture, short',
  command: [process.execPath, 'tests/torture/run.ts', '--short', '--counts', broken],
  report: broken,
  countsIn: partsCounted,
};

const parts = only.length > 0 ? [TESTS] : [...CHECKS, TESTS, TORTURE];
const results: { part: Part; counts: Counts; seconds: number }[] = [];
for (const part of parts) {
  process.stdout.write(`\n== ${part.name}\n`);
  const begin = performance.now();
  const status = await run(part.command);
  const seconds = (performance.now() - begin) / 1000;
  results.push({ part, counts: countsOf(part, status), seconds });
}
rmSync(folder, { recursive: true, force: true });
printSummary();

function rootsOfCode(): string[] {
  return ['libs', 'clients', 'sources', 'services', 'apps', 'content', 'tests', 'bench'].filter(
    (root) => existsSync(root),
  );
}

/** Answers the exit status; a runner that cannot be started counts as failed. */
function run([command = '', ...args]: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(1);
    });
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function countsOf(part: Part, status: number): Counts {
  const asOne = { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
  if (part.report === undefined) return asOne;
  if (!existsSync(part.report)) return { passed: 0, failed: 1, skipped: 0 };
  if (part.countsIn !== undefined) return part.countsIn(readFileSync(part.report, 'utf8'));
  const found: {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests: number;
  } = JSON.parse(readFileSync(part.report, 'utf8'));
  const skipped = found.numPendingTests + found.numTodoTests;
  // A file that cannot be loaded, or an error outside of a test, fails the run without a failed test.
  const failed = found.numFailedTests === 0 && status !== 0 ? 1 : found.numFailedTests;
  return { passed: found.numPassedTests, failed, skipped };
}

function partsCounted(text: string): Counts {
  const found: { passed: number; failed: number; 'not run': number } = JSON.parse(text);
  return { passed: found.passed, failed: found.failed, skipped: found['not run'] };
}

function printSummary(): void {
  process.stdout.write('\n');
  for (const { part, counts, seconds } of results) {
    const { passed, failed } = counts;
    const verdict = failed > 0 ? 'FAILED' : passed > 0 ? 'ok' : 'not run';
    process.stdout.write(
      `${part.name.padEnd(20)}${verdict.padEnd(8)}${seconds.toFixed(1).padStart(7)} s\n`,
    );
  }
  const sum = (key: keyof Counts): number =>
    results.reduce((total, { counts }) => total + counts[key], 0);
  const skipped = sum('skipped') === 0 ? '' : `, ${sum('skipped')} skipped`;
  const line = `${sum('passed')} passed, ${sum('failed')} failed${skipped}\n`;
  process.stdout.write(line);
  const summaryFile = process.env.TOCSIN_TEST_SUMMARY;
  if (summaryFile !== undefined) writeFileSync(summaryFile, line);
  process.exitCode = sum('failed') === 0 && sum('passed') > 0 ? 0 : 1;
}
