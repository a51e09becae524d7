/**
 * `make bench-sigma`: our engine against rsigma over the same rules and events. For each lane and way of routing
 * alternating runs in fresh processes; the figure is the median of the ratios of each pair. Then match lists, delays,
 * hostile values, load, tables and tenants' overlays. `--runs N` (7; of (c), for information, at most 3), `--every N` (1:
 * the whole mix), `--processes N`, `--lanes a,b`.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
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
  return `${name.padEnd(34)} ${median(ratios).toFixed(2)} x (${range})  ours ${us('ours')} us, rsigma ${us('peer')} us`;
}

function measureLane(lane: string): void {
  const label = `${LANES[lane] ?? ''} ${lane}`;
  const warm = lane === 'mixed' ? laneFile('salted-warm') : laneFile(`${lane}-warm`);
  const options = (mode: string): string[] => ['--warm', warm, '--mode', mode];
  const parse: Pair[] = [];
  const total: Record<(typeof MODES)[number], Pair[]> = { routed: [], default: [] };
  const runs =
    lane === 'mixed' ? Math.min(MIXED_RUNS_MAX, Number(values.runs)) : Number(values.runs);
  for (let run = 0; run < runs; run += 1) {
    for (const mode of [...MODES, 'parse'] as const) {
      const pair = {
        ours: runOurs(rules, laneFile(lane), options(mode)).cpu_us_per_event,
        peer: runPeer(rules, laneFile(lane), mode).cpu_us_per_event,
      };
      (mode === 'parse' ? parse : total[mode]).push(pair);
    }
  }
  for (const mode of MODES) {
    console.log(ratioLine(`${label} bytes to match, ${mode}`, total[mode]));
    const alone = total[mode].map(({ ours, peer }, run) => ({
      ours: ours - (parse[run]?.ours ?? 0),
      peer: peer - (parse[run]?.peer ?? 0),
    }));
    console.log(ratioLine(`${label} matching alone, ${mode}`, alone));
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
  console.log(
    'value memo: there is none; nothing is remembered from one value, line or event to the next',
  );
  for (const lane of ['windows', 'process', 'hostile-64k', 'hostile-1m']) {
    const warm = lane.startsWith('hostile') ? 'hostile-64k' : `${lane}-warm`;
    const options = ['--warm', laneFile(warm), '--latency', '--passes', '3'];
    console.log(lane, JSON.stringify(runOurs(rules, laneFile(lane), options)));
  }
  console.log('tenants', runScript('tenants.ts', [rules]));
} finally {
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
}
