import type { Writable } from 'node:stream';
import { systemClock } from '@tocsin/kernel/clock.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import { plainText } from '../cli/plain-text.ts';
import { openTerminal, type Terminal } from '../cli/terminal.ts';
import type { ScanOptions } from '../commands/scan.ts';
import { isRulePath, logFiles } from './find-files.ts';
import { loadScanRules, type ScanRules, sentencesAbout } from './load-scan-rules.ts';
import { JsonReport, TableReport } from './match-report.ts';
import { newCounts, type ScanCounts, statsOf, statsText, summary } from './scan-counts.ts';
import { Scanner } from './scanner.ts';

/** Exit status of a scan, as of grep: a pipeline can tell "nothing" from "not looked". */
export const EXIT_NOTHING = 0;
export const EXIT_FOUND = 1;
export const EXIT_ERROR = 2;
/** As shells count it: 128 and the number of the signal. */
export const EXIT_STOPPED = 130;

/** Where a scan writes: matches to `out`, all else to the terminal's standard error. */
export interface ScanOutput {
  readonly out: Writable & { readonly columns?: number };
  readonly terminal: Terminal;
  /** Ends the scan early: what was found is reported. Default: the first Ctrl-C. */
  readonly signal?: AbortSignal;
}

/** Scans files against rules, alone, and answers the exit status. An error is a sentence on standard error. */
export async function runScan(
  paths: readonly string[],
  options: ScanOptions,
  output: ScanOutput = {
    out: process.stdout,
    terminal: openTerminal(options.json === true),
  },
): Promise<number> {
  const { terminal } = output;
  try {
    return await scan(paths, options, output);
  } catch (error) {
    // Status 1 means "found": whatever ends a scan early must not end with it.
    const words = isProblem(error) ? (error.detail ?? error.message) : stackOf(error);
    terminal.note(`tocsin: ${isProblem(error) ? plainText(words) : words}`);
    return EXIT_ERROR;
  }
}

async function scan(
  paths: readonly string[],
  options: ScanOptions,
  { out, terminal, signal = untilInterrupted(terminal) }: ScanOutput,
): Promise<number> {
  const counts = newCounts();
  const { rulePaths, logPaths } = await sortPaths(paths, options.rules);
  const loaded = await loadScanRules(rulePaths, options);
  counts.loadMicroseconds = cpuMicroseconds();
  for (const sentence of sentencesAbout(loaded)) terminal.note(sentence);
  const report = terminal.json ? new JsonReport(out) : new TableReport(out, out.columns);
  const scanner = new Scanner(loaded, {
    anyLogsource: options.anyLogsource === true,
    now: systemClock.now(),
    counts,
    report,
    signal,
    note: (text) => terminal.note(plainText(text)),
    progress: (text) => terminal.progress(plainText(text)),
  });
  const before = cpuMicroseconds();
  await scanner.scan(logPaths);
  await scanner.correlate();
  counts.cpuMicroseconds = cpuMicroseconds() - before;
  counts.costliest = scanner.costs().slice(0, COSTLIEST_TOLD);
  terminal.progress('');
  await report.end();
  sayOutcome(counts, loaded, options, terminal);
  if (signal.aborted) {
    terminal.note(`stopped: ${counts.files} of ${logPaths.length} files were scanned to their end`);
    return EXIT_STOPPED;
  }
  if (counts.filesFailed > 0) return EXIT_ERROR;
  return counts.matches > 0 ? EXIT_FOUND : EXIT_NOTHING;
}

/** Rules whose cost `--stats` tells. */
const COSTLIEST_TOLD = 5;

/** Paths behind `--rules a` that hold rules belong to it; folders become their files. */
async function sortPaths(
  paths: readonly string[],
  rules: readonly string[],
): Promise<{ rulePaths: string[]; logPaths: string[] }> {
  const rulePaths = [...rules];
  const logPaths: string[] = [];
  for (const path of paths) {
    if (await isRulePath(path)) rulePaths.push(path);
    else if (path === '-') logPaths.push(path);
    else logPaths.push(...(await logFiles(path)));
  }
  return { rulePaths, logPaths };
}

function sayOutcome(
  counts: ScanCounts,
  loaded: ScanRules,
  options: ScanOptions,
  terminal: Terminal,
): void {
  if (terminal.json) {
    if (options.stats === true) terminal.note(JSON.stringify(statsOf(counts, loaded)));
    return;
  }
  terminal.note(summary(counts));
  if (options.stats === true) terminal.note(statsText(counts, loaded));
}

/** The first Ctrl-C stops the scan, the second the process. */
function untilInterrupted(terminal: Terminal): AbortSignal {
  const interrupt = new AbortController();
  process.once('SIGINT', () => {
    interrupt.abort();
    terminal.progress('');
    terminal.note('stopping (Ctrl-C again ends at once) ...');
  });
  return interrupt.signal;
}

function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
