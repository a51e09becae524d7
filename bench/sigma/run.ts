/**
 * `make bench-sigma`: our engine against rsigma over the same rules and events. Match lists first. Then for each lane and
 * way of routing alternating runs in fresh processes after a warm-up pass on other events, with the value memo and
 * without; the figure is the median of the ratios of each pair. Then delays, hostile values, load, tables, tenants'
 * overlays and a swap of the rules. `--runs N` (7; of (c), for information, at most 3), `--every N` (1: the whole mix), `--processes N`,
 * `--lanes a,b`.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MEMO_BYTES_MAX } from '@tocsin/sigma/index/value-memo.ts';
import { compareMatches } from './compare-matches.ts';
import { runOurs, runPeer, runScript } from './peer.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    every: { type: 'string', default: '1' },
    processes: { type: 'string', default: '40000' },
    lanes: { type: 'string', default: 'salted,process,mixed' },
    keep: { type: 'string' },
  },
});
const corpus = process.env['TOCSIN_CORPUS'] ?? join(import.meta.dirname, '../../../shared/corpus');
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'bench-sigma-'));
mkdirSync(folder, { recursive: true });
const rules = join(folder, 'rules');
const laneFile = (name: string): string => join(folder, `${name}.ndjson`);

const MODES = ['routed', 'default'] as const;
/** Of the mix as it is, for information. */
const MIXED_RUNS_MAX = 3;
/** Runs of loading, in fresh processes. */
const LOADS = 5;
const LANES: Readonly<Record<string, string>> = { salted: '(a)', process: '(b)', mixed: '(c)' };

interface Pair {
  readonly ours: number;
  readonly peer: number;
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[figures.length >> 1] ?? Number.NaN;
}

function ratioLine(name: string, pairs: readonly Pair[]): string {
  const ratios = pairs.map(({ ours, peer }) => peer / ours);
  const range = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  const us = (of: keyof Pair): string => median(pairs.map((pair) => pair[of])).toFixed(2);
  return `${name.padEnd(48)} ${median(ratios).toFixed(2)} x (${range})  ours ${us('ours')} us, rsigma ${us('peer')} us`;
}

/** Both are measured against the same runs of rsigma. */
const MEMO = ['on', 'off'] as const;

type Way = `${(typeof MODES)[number]}, memo ${(typeof MEMO)[number]}`;

function measureLane(lane: string): void {
  const label = `${LANES[lane] ?? ''} ${lane}`;
  const warm = lane === 'mixed' ? laneFile('salted-warm') : laneFile(`${lane}-warm`);
  const ours = (mode: string, memo: string): number =>
    runOurs(rules, laneFile(lane), ['--warm', warm, '--mode', mode, '--memo', memo])
      .cpu_us_per_event;
  const parse: Pair[] = [];
  const total = new Map<Way, Pair[]>();
  const runs =
    lane === 'mixed' ? Math.min(MIXED_RUNS_MAX, Number(values.runs)) : Number(values.runs);
  for (let run = 0; run < runs; run += 1) {
    for (const mode of MODES) {
      const peer = runPeer(rules, laneFile(lane), mode).cpu_us_per_event;
      for (const memo of MEMO) {
        const pairs = total.get(`${mode}, memo ${memo}`) ?? [];
        total.set(`${mode}, memo ${memo}`, [...pairs, { ours: ours(mode, memo), peer }]);
      }
    }
    const peer = runPeer(rules, laneFile(lane), 'parse').cpu_us_per_event;
    parse.push({ ours: ours('parse', 'off'), peer });
  }
  console.log(`${label}: ${runs} alternating runs, fresh processes, median (least to most)`);
  for (const [way, pairs] of total) {
    console.log(ratioLine(`${label} bytes to match, ${way}`, pairs));
    const alone = pairs.map((pair, run) => ({
      ours: pair.ours - (parse[run]?.ours ?? 0),
      peer: pair.peer - (parse[run]?.peer ?? 0),
    }));
    console.log(ratioLine(`${label} matching alone, ${way}`, alone));
  }
  console.log(ratioLine(`${label} reading alone`, parse));
}

function compareLane(lane: string): void {
  for (const mode of MODES) {
    const [ours, peer] = ['ours', 'peer'].map((who) => join(folder, `${lane}-${mode}-${who}.txt`));
    if (ours === undefined || peer === undefined) return;
    runOurs(rules, laneFile(lane), ['--mode', mode, '--matches', ours]);
    runPeer(rules, laneFile(lane), mode, peer);
    const { matches, unexplained } = compareMatches(
      readFileSync(ours, 'utf8'),
      readFileSync(peer, 'utf8'),
    );
    const verdict = unexplained.length === 0 ? 'no difference without an entry' : 'DIFFERENCES';
    console.log(`${lane} ${mode}: ${matches} matches of ours, ${verdict}`);
    for (const line of unexplained.slice(0, 20)) console.log(`  ${line}`);
    if (unexplained.length > 0) process.exitCode = 1;
  }
}

try {
  console.log(runScript('write-lanes.ts', [folder, values.every, values.processes]));
  console.log(runScript('write-rules.ts', [join(corpus, 'sigma-rules'), rules]));
  const lanes = values.lanes.split(',');
  for (const lane of lanes) compareLane(lane);
  for (const lane of lanes) measureLane(lane);
  const memoMib = Math.ceil(MEMO_BYTES_MAX / 2 ** 20);
  console.log(
    `value memo: at most ${memoMib} MiB of field values, in every figure unless "off"; no lines or events`,
  );
  for (const lane of ['windows', 'process', 'hostile-64k', 'hostile-1m']) {
    const warm = lane.startsWith('hostile') ? 'hostile-64k' : `${lane}-warm`;
    for (const memo of MEMO) {
      const options = ['--warm', laneFile(warm), '--latency', '--passes', '3', '--memo', memo];
      console.log(lane, JSON.stringify(runOurs(rules, laneFile(lane), options)));
    }
  }
  for (let run = 0; run < LOADS; run += 1) console.log('load', runScript('load.ts', [rules]));
  console.log('tenants', runScript('tenants.ts', [rules]));
  console.log('tenants in the product', runScript('tenants-live.ts', [rules]));
  console.log('swap', runScript('swap.ts', [rules]));
} finally {
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
}
