import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Bound, CorrelationPlan } from '@tocsin/correlation/engine/plan.ts';
import type { SigmaCorrelation } from '../../correlation/correlation-rule.ts';
import { loadSigma } from '../../load-sigma.ts';
import type { LoadOptions, RuleFile } from '../../rule/load-rules.ts';
import {
  type Canonical,
  canonicalExpression,
  canonicalLogsource,
  inOrder,
} from './canonical-rule.ts';

/** The Python with pySigma that `make sigma-oracle` installs. */
const PYTHON = join(import.meta.dirname, '../../../../.tools/pysigma/bin/python');
const PRINT_BYTES_MAX = 2 ** 30;

export const hasPySigma: boolean = existsSync(PYTHON);

/** What a file says, document by document: each in one line of canonical JSON, or `refused`. */
export type Reading = ReadonlyMap<string, readonly string[]>;

/** How a document reads where it is refused; both sides say why in their own words. */
export const REFUSED = 'refused';

/** Our reading of files. */
export function ourReading(files: readonly RuleFile[], options: LoadOptions = {}): Reading {
  const { rules, correlations, refused } = loadSigma(files, options);
  const lines = new Map<string, string[]>();
  const add = (file: string, line: string): void => {
    lines.set(file, [...(lines.get(file) ?? []), line]);
  };
  for (const rule of rules) {
    add(rule.file, canonicalLine(canonicalLogsource(rule), canonicalExpression(rule.expression)));
  }
  for (const correlation of correlations) {
    add(correlation.file, JSON.stringify(canonicalCorrelation(correlation)));
  }
  for (const { file } of refused) lines.set(file, [REFUSED]);
  return lines;
}

/** What of a correlation can be compared, as `canonical_rules.py` prints it. */
function canonicalCorrelation({ type, generate, plan }: SigmaCorrelation): object {
  const { inputs, groupBy, carried, spanMs, bounds } = plan;
  const aliased = groupBy.filter((name, at) =>
    inputs.some(({ groupFields }) => groupFields[at] !== name),
  );
  const shape = {
    type: type.replace('_extended', ''),
    inputs: inputs.length,
    groupBy,
    seconds: spanMs / 1000,
    generate,
    aliases: [...aliased, ...carried].sort(),
  };
  if (type.startsWith('temporal')) {
    return inputs.length <= RULES_MAX ? { ...shape, met: metOf(plan) } : shape;
  }
  const [bound] = bounds;
  const fields = inputs[0]?.valueFields ?? [];
  return { ...shape, bound: [bound?.operator, bound?.value], fields };
}

/** Subsets of more rules are not written down. */
const RULES_MAX = 8;

/** Of each subset of the rules, in binary order, whether the condition is met when just those have matched. */
function metOf({ inputs, measure, bounds }: CorrelationPlan): string {
  const rules = inputs.map((_, input) => input);
  const subsets = Array.from({ length: 2 ** rules.length }, (_, subset) =>
    rules.filter((input) => (subset >> input) & 1),
  );
  const isMet = (matched: readonly number[]): boolean =>
    measure.kind === 'pattern'
      ? measure.alternatives.some(
          ({ steps, absent }) =>
            steps.every((step) => matched.includes(step)) &&
            !absent.some((input) => matched.includes(input)),
        )
      : bounds.every(({ operator, value }) => COMPARISONS[operator](matched.length, value));
  return subsets.map((matched) => (isMet(matched) ? '1' : '0')).join('');
}

const COMPARISONS: Readonly<Record<Bound['operator'], (left: number, right: number) => boolean>> = {
  lt: (left, right) => left < right,
  lte: (left, right) => left <= right,
  gt: (left, right) => left > right,
  gte: (left, right) => left >= right,
  eq: (left, right) => left === right,
  neq: (left, right) => left !== right,
};

interface PrintedDocument {
  readonly file: string;
  readonly refused?: string;
  readonly logsource?: readonly (string | null)[];
  readonly expression?: Canonical;
  readonly correlation?: object;
}

/** pySigma's reading of files, and why it refused what it refused. Takes about 6 ms a rule. */
export function theirReading(
  files: readonly RuleFile[],
  { lists = {} }: LoadOptions = {},
): { lines: Reading; reasons: ReadonlyMap<string, string> } {
  const program = join(import.meta.dirname, 'canonical_rules.py');
  const input = JSON.stringify({ files: files.map(({ name, text }) => [name, text]), lists });
  const ran = spawnSync(PYTHON, [program], { input, encoding: 'utf8', maxBuffer: PRINT_BYTES_MAX });
  if (ran.status !== 0) throw new Error(`pySigma did not run: ${ran.stderr.slice(-2000)}`);
  const lines = new Map<string, string[]>();
  const reasons = new Map<string, string>();
  for (const printed of ran.stdout.split('\n')) {
    if (printed === '') continue;
    const document = JSON.parse(printed) as PrintedDocument;
    const { file, refused, logsource, expression, correlation } = document;
    if (refused !== undefined) reasons.set(file, refused);
    const line =
      correlation === undefined
        ? canonicalLine(logsource ?? [], expression ?? [])
        : JSON.stringify(correlation);
    lines.set(file, reasons.has(file) ? [REFUSED] : [...(lines.get(file) ?? []), line]);
  }
  return { lines, reasons };
}

function canonicalLine(logsource: readonly (string | null)[], expression: Canonical): string {
  return JSON.stringify([logsource, inOrder(expression)]);
}

/** Files that the two readings take differently. */
export function differences(ours: Reading, theirs: Reading): string[] {
  const names = new Set([...ours.keys(), ...theirs.keys()]);
  return [...names].filter((name) => ours.get(name)?.join('\n') !== theirs.get(name)?.join('\n'));
}

/** One digest for each folder, two levels deep: small enough to be kept beside the code. */
export function digests(reading: Reading): Record<string, string> {
  const folders = new Map<string, string[]>();
  for (const name of [...reading.keys()].sort()) {
    const folder = name.split('/').slice(0, 2).join('/');
    const line = `${name}\n${reading.get(name)?.join('\n')}\n`;
    folders.set(folder, [...(folders.get(folder) ?? []), line]);
  }
  const digest = (lines: readonly string[]): string =>
    createHash('sha256').update(lines.join('')).digest('hex').slice(0, 16);
  return Object.fromEntries([...folders].map(([folder, lines]) => [folder, digest(lines)]));
}
