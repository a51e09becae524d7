import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { notRun, progress, type Scenario } from '../scenario.ts';

const CHILD = join(import.meta.dirname, '../calls-child.ts');
/** Debian package `strace`; a container may forbid tracing. */
const TRACER = 'strace';
const CALLS = ['openat', 'write', 'pwrite64', 'pwritev', 'fdatasync', 'fsync', 'rename'] as const;
const ERRORS = ['EIO', 'ENOSPC'] as const;
/** Further than any call is made; a run ends where none is left. */
const CALLS_MAX = 500;
/** In the short form every so many-th call fails. */
const STEP_SHORT = 7;
const CHILD_MS_MAX = 120_000;

/** What one life with one failed call led to. */
interface Life {
  readonly reached: boolean;
  readonly faults: readonly string[];
}

/**
 * Every call by which the bus and the event store reach their files fails once, the k-th of its kind for every k, under
 * strace: what was acknowledged before is there afterwards, once, and the next start needs no help.
 */
export const failingCalls: Scenario = {
  name: 'failing-calls',
  async run({ short }) {
    if (spawnSync(TRACER, ['-f', '-o', '/dev/null', 'true']).status !== 0)
      return notRun(
        this.name,
        'no strace that may trace: apt-get update && apt-get install strace',
      );
    const paths = await pathsOfCalmRun();
    const faults: string[] = [];
    const failed: Record<string, number> = {};
    for (const call of CALLS) {
      for (let at = 1; at <= CALLS_MAX; at += short ? STEP_SHORT : 1) {
        progress.now = `${call} ${at}`;
        const error = ERRORS[at % ERRORS.length] ?? 'EIO';
        const life = await live(paths, call, `error=${error}:when=${at}`);
        if (!life.reached) break;
        failed[call] = (failed[call] ?? 0) + 1;
        faults.push(...life.faults.map((fault) => `${call} ${at} ${error}: ${fault}`));
      }
    }
    return {
      scenario: this.name,
      result: faults.length === 0 ? 'passed' : 'failed',
      faults: faults.slice(0, 20),
      figures: { failed_calls: failed, files: paths.length, faults: faults.length },
    };
  },
};

/** The files that a run without failures makes, below its home. */
async function pathsOfCalmRun(): Promise<string[]> {
  const home = await mkdtemp(join(tmpdir(), 'tf-'));
  try {
    await run(process.execPath, [CHILD, 'write', home]);
    const entries = await readdir(home, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(home.length + 1))
      .flatMap((path) => (path.endsWith('.duckdb') ? [path, `${path}.wal`] : [path]));
  } finally {
    await rm(home, { recursive: true });
  }
}

async function live(paths: readonly string[], call: string, injected: string): Promise<Life> {
  const home = await mkdtemp(join(tmpdir(), 'tf-'));
  const trace = `${home}.trace`;
  try {
    const only = [...new Set(paths)].flatMap((path) => ['-P', join(home, path)]);
    const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:${injected}`];
    const child = [process.execPath, CHILD, 'write', home];
    const wrote = await run(TRACER, ['-f', '-qq', '-o', trace, ...only, ...inject, ...child]);
    const reached = (await readFile(trace, 'utf8')).includes('(INJECTED)');
    if (!reached) return { reached, faults: [] };
    return { reached, faults: compare(wrote, await run(process.execPath, [CHILD, 'read', home])) };
  } finally {
    await rm(home, { recursive: true });
    await rm(trace, { force: true });
  }
}

/** Broken promises: what was said to be kept against what is there. */
function compare(wrote: string, read: string): string[] {
  const said = (text: string, what: string): string[] =>
    text.split('\n').flatMap((line) => (line.startsWith(`${what} `) ? [line.slice(2)] : []));
  const frames = said(read, 'f');
  const rows = new Map(
    said(read, 'r').map((line) => [line.slice(line.indexOf(' ') + 1), Number.parseInt(line, 10)]),
  );
  return [
    ...said(wrote, 'a')
      .filter((frame) => !frames.includes(frame))
      .map((frame) => `${frame} was acknowledged and is gone`),
    ...said(wrote, 's')
      .filter((row) => !rows.has(row))
      .map((row) => `${row} was durable and is gone`),
    ...[...rows].filter(([, times]) => times !== 1).map(([row]) => `${row} is there twice`),
    ...(new Set(frames).size === frames.length ? [] : ['a frame came twice']),
    ...read.split('\n').filter((line) => line.startsWith('damaged ')),
  ];
}

/** Output of a program, however it ends; a fault of the reader's start is in what it did not say. */
function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: CHILD_MS_MAX, killSignal: 'SIGKILL' }, (_error, stdout) =>
      resolve(stdout),
    );
  });
}
