import { parseArgs } from 'node:util';
import { CorrelationEngine } from '@tocsin/correlation/engine/engine.ts';
import type { Bound, CorrelationPlan, MeasureSpec } from '@tocsin/correlation/engine/plan.ts';

/**
 * `node bench/correlation.ts [--matches N] [--runs N]`: matches a second of CPU that correlations take in memory, the
 * whole process counted. Each lane runs so often, all in turn; medians are printed, and what distinct values cost.
 */

const { values: options } = parseArgs({
  options: {
    matches: { type: 'string', default: '600000' },
    runs: { type: 'string', default: '3' },
  },
});
const MATCHES = Number(options.matches);
const RUNS = Number(options.runs);
const MINUTE = 60_000;

interface Lane {
  readonly name: string;
  readonly groups: number;
  readonly distinct: number;
  readonly measure: MeasureSpec;
  readonly bound: Bound;
  readonly spanMs: number;
  readonly sources?: readonly string[];
}

const NEVER: Bound = { operator: 'gte', value: 1_000_000 };
const many = {
  groups: 10_000,
  distinct: 997,
  bound: { operator: 'gte', value: 50 },
  spanMs: 60 * MINUTE,
} as const;
const pattern = (ordered: boolean): MeasureSpec => ({
  kind: 'pattern',
  ordered,
  alternatives: [{ steps: [0, 1, 2], absent: [] }],
});
/**
 * A match every 10 ms: of 10,000 groups each holds 36 members in an hour. Numbers of values are primes, so that a group
 * does not meet the same one again and again.
 */
const LANES: readonly Lane[] = [
  { ...many, name: 'event_count', measure: { kind: 'events' } },
  { ...many, name: 'value_count, 1,000 distinct', measure: { kind: 'distinct' } },
  {
    ...many,
    name: 'value_count, 1,000,000 distinct',
    measure: { kind: 'distinct' },
    distinct: 1_000_003,
  },
  { ...many, name: 'value_sum', measure: { kind: 'sum' }, bound: NEVER },
  { ...many, name: 'value_percentile', measure: { kind: 'percentile', percent: 95 }, bound: NEVER },
  {
    ...many,
    name: 'temporal',
    measure: pattern(false),
    bound: { operator: 'gte', value: 1 },
    sources: ['a', 'b', 'c'],
  },
  {
    ...many,
    name: 'temporal_ordered',
    measure: pattern(true),
    bound: { operator: 'gte', value: 1 },
    sources: ['a', 'b', 'c'],
  },
  {
    ...many,
    name: 'event_count, lte, at the end of windows',
    measure: { kind: 'events' },
    bound: { operator: 'lte', value: 100 },
  },
  // One group whose window holds 200,000 members: where an engine that counts anew slows down.
  {
    name: 'one group, value_count, 1,000 distinct',
    groups: 1,
    distinct: 997,
    measure: { kind: 'distinct' },
    bound: NEVER,
    spanMs: 2_000_000,
  },
  {
    name: 'one group, value_count, 200,000 distinct',
    groups: 1,
    distinct: 200_003,
    measure: { kind: 'distinct' },
    bound: NEVER,
    spanMs: 2_000_000,
  },
];

function planOf({ measure, bound, spanMs, sources = ['a'] }: Lane): CorrelationPlan {
  const inputs = sources.map((source) => ({
    source,
    groupFields: ['user'],
    valueFields: measure.kind === 'events' || measure.kind === 'pattern' ? [] : ['value'],
    carriedFields: [],
  }));
  const shape = { groupBy: ['user'], carried: [], expectedGroups: [], bounds: [bound] };
  return { key: 'plan', inputs, spanMs, measure, ...shape };
}

/** Matches a second of CPU of one lane. */
function run(lane: Lane): { perSecond: number; results: number; members: number } {
  const engine = new CorrelationEngine([planOf(lane)], { latenessMs: 5 * MINUTE });
  const sources = (lane.sources ?? ['a']).map((source) => [source]);
  // Made before: small numbers become text faster than large ones.
  const texts = Array.from({ length: lane.distinct }, (_, number) => String(number));
  const before = process.cpuUsage();
  for (let index = 0; index < MATCHES; index += 1) {
    // A prime step, so that groups, values and rules do not go round together.
    const user = `user-${(index * 7919) % lane.groups}`;
    const value = texts[(index * 104_729) % lane.distinct] ?? '';
    const text = (field: string): string => (field === 'user' ? user : value);
    engine.add(
      { id: `e${index}`, at: index * 10, text },
      sources[Math.floor(index / lane.groups) % sources.length] ?? [],
    );
  }
  const { user, system } = process.cpuUsage(before);
  const { members, counts } = engine;
  return { perSecond: MATCHES / ((user + system) / 1e6), results: counts.results, members };
}

const rates = new Map<string, number[]>();
for (let round = 0; round < RUNS; round += 1) {
  for (const lane of LANES) {
    globalThis.gc?.();
    const { perSecond, results, members } = run(lane);
    rates.set(lane.name, [...(rates.get(lane.name) ?? []), perSecond]);
    if (round === 0) console.log(`${lane.name}: ${results} results, ${members} members at the end`);
  }
}
const median = (name: string): number => {
  const sorted = [...(rates.get(name) ?? [])].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};
for (const { name } of LANES) {
  console.log(
    `${name.padEnd(42)} ${Math.round(median(name)).toLocaleString('en').padStart(9)} matches/s`,
  );
}
for (const lane of ['', 'one group, ']) {
  const [few, lots] = LANES.filter(({ name }) => name.startsWith(`${lane}value_count`));
  if (few !== undefined && lots !== undefined) {
    const ratio = median(lots.name) / median(few.name);
    console.log(
      `${lane}${lots.distinct.toLocaleString('en')} distinct values against ${few.distinct.toLocaleString('en')}: ${ratio.toFixed(2)} x`,
    );
  }
}
