import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The script that builds and runs rsigma; `TOCSIN_PEER_BENCH` says where it is elsewhere. */
const PEER =
  process.env['TOCSIN_PEER_BENCH'] ??
  join(import.meta.dirname, '../../../shared/tools/peer-bench/run.sh');

/** What both adapters report of one run. */
export interface LaneRun {
  readonly cpu_us_per_event: number;
  readonly events: number;
  readonly matches: number;
  readonly rules: number;
}

/** Runs rsigma over a lane in a fresh process. Its own load is left out of the figure. */
export function runPeer(
  rules: string,
  lane: string,
  mode: 'routed' | 'default' | 'parse',
  matches?: string,
): LaneRun {
  const extra = matches === undefined ? [] : ['--matches', matches];
  return lastLine(
    execFileSync(PEER, [rules, lane, '--mode', mode, ...extra], { maxBuffer: 2 ** 24 }),
  );
}

/** Runs our engine over a lane in a fresh process. */
export function runOurs(rules: string, lane: string, options: readonly string[]): LaneRun {
  const script = join(import.meta.dirname, 'run-lane.ts');
  return lastLine(execFileSync(process.execPath, [script, rules, lane, ...options]));
}

function lastLine<Result>(output: Buffer): Result {
  return JSON.parse(output.toString().trim().split('\n').at(-1) ?? '');
}

/** Runs another script of this folder; gives what it prints. */
export function runScript(script: string, options: readonly string[]): string {
  const path = join(import.meta.dirname, script);
  return execFileSync(process.execPath, ['--expose-gc', path, ...options])
    .toString()
    .trim();
}
