/**
 * One run of our engine over a lane, in this process: prints one JSON line of figures.
 * Run `node bench/sigma/run-lane.ts RULES LANE [--warm LANE] [--mode routed|default|parse] [--memo on|off] [--objects]
 * [--matches FILE] [--latency] [--passes N]`.
 * From bytes to (ordinal, rule numbers). CPU is user and system time of the whole process; load and the pass over the
 * warm-up lane, whose events are others, are left out. `parse` walks the events with the same reader and no rules.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { JsonChunk } from '@tocsin/sigma/index/json-chunk.ts';
import { loadRules } from '@tocsin/sigma/rule/load-rules.ts';
import { type RuleMatcher, RuleSet } from '@tocsin/sigma/rule-set.ts';
import { ruleFiles } from './rule-files.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    mode: { type: 'string', default: 'routed' },
    memo: { type: 'string', default: 'on' },
    warm: { type: 'string' },
    matches: { type: 'string' },
    passes: { type: 'string', default: '1' },
    objects: { type: 'boolean', default: false },
    latency: { type: 'boolean', default: false },
  },
});
const [rulesFolder = '', lane = ''] = positionals;

function cpuSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

const loadStart = process.cpuUsage();
const loaded = loadRules(ruleFiles(rulesFolder));
const rules = values.mode === 'parse' ? [] : loaded.rules;
const set = new RuleSet(rules, { memo: values.memo === 'on' });
const loadCpu = cpuSince(loadStart);

interface Lines {
  readonly bytes: Buffer;
  readonly chunk: JsonChunk;
  readonly starts: Int32Array;
}

function linesOf(file: string): Lines {
  const bytes = readFileSync(file);
  const starts: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    starts.push(at);
    const end = bytes.indexOf(10, at);
    at = end < 0 ? bytes.length : end + 1;
  }
  return { bytes, chunk: new JsonChunk(bytes), starts: Int32Array.from([...starts, bytes.length]) };
}

const matchers = new Map<number, RuleMatcher>();
const everything = values.mode === 'routed' ? undefined : set.matcherForAny();

/** The matcher by the label of an event: its last member, as the lanes are written. Found by a hash of its bytes. */
function matcherAt(bytes: Buffer, from: number, to: number): RuleMatcher {
  let hash = 0;
  for (let at = to - 3; at > from && bytes[at] !== QUOTE; at -= 1) {
    hash = Math.imul(hash, 31) + (bytes[at] as number);
  }
  const known = matchers.get(hash);
  if (known !== undefined) return known;
  const matcher = matcherOf(labelAt(bytes, from, to));
  matchers.set(hash, matcher);
  return matcher;
}

function matcherOf(label: string): RuleMatcher {
  const [product = '', category = '', service = ''] = label.split('|');
  const any = [product, category, service].every((key) => key === '');
  return any ? set.matcherForAny() : set.matcherForStated({ product, category, service });
}

const QUOTE = 0x22;
const LABEL = Buffer.from('"__logsource":"');

function labelAt(bytes: Buffer, from: number, to: number): string {
  const at = bytes.lastIndexOf(LABEL, to - 1);
  return at < from ? '||' : bytes.toString('latin1', at + LABEL.length, to - 2);
}

type Found = (number: number, matcher: RuleMatcher, rules: readonly number[]) => void;

function run({ bytes, chunk, starts }: Lines, found?: Found): number {
  let matches = 0;
  for (let number = 0; number + 1 < starts.length; number += 1) {
    const from = starts[number] as number;
    const to = (starts[number + 1] as number) - 1;
    const matcher = everything ?? matcherAt(bytes, from, to);
    const numbers = values.objects
      ? matcher.matchNumbers(JSON.parse(bytes.toString('utf8', from, to)))
      : (matcher.matchJson(chunk, from, to) ?? []);
    matches += numbers.length;
    found?.(number, matcher, numbers);
  }
  return matches;
}

const indexStart = process.cpuUsage();
if (values.warm !== undefined) run(linesOf(values.warm));
const warmCpu = cpuSince(indexStart);

const lines = linesOf(lane);
const events = lines.starts.length - 1;
let best = Number.POSITIVE_INFINITY;
let matches = 0;
for (let pass = 0; pass < Number(values.passes); pass += 1) {
  const start = process.cpuUsage();
  matches = run(lines);
  best = Math.min(best, cpuSince(start) / events);
}
if (values.matches !== undefined) {
  const output: string[] = [];
  run(lines, (number, matcher, numbers) => {
    for (const rule of numbers) output.push(`${number}\t${matcher.rules[rule]?.id}\n`);
  });
  writeFileSync(values.matches, output.join(''));
}

function latencies(): { p50_us: number; p99_us: number; max_us: number } {
  const times = new Float64Array(events);
  let last = process.hrtime.bigint();
  run(lines, (number) => {
    const now = process.hrtime.bigint();
    times[number] = Number(now - last) / 1000;
    last = now;
  });
  times.sort();
  const at = (share: number): number =>
    Math.round((times[Math.ceil((events - 1) * share)] ?? 0) * 10) / 10;
  return { p50_us: at(0.5), p99_us: at(0.99), max_us: at(1) };
}

console.log(
  JSON.stringify({
    mode: values.mode,
    memo: values.memo,
    rules: rules.length,
    events,
    matches,
    cpu_us_per_event: Number(best.toFixed(3)),
    load_cpu_s: Number((loadCpu / 1e6).toFixed(2)),
    warm_cpu_s: Number((warmCpu / 1e6).toFixed(2)),
    table_mib: Math.round(set.tableBytes / 2 ** 20),
    ...(values.latency ? latencies() : {}),
    rss_mib: Math.round(process.memoryUsage().rss / 2 ** 20),
  }),
);
