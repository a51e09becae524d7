import {
  type Alternative,
  type Bound,
  type CorrelationPlan,
  type MeasureSpec,
  PLAN_INPUTS_MAX,
  type PlanInput,
} from '@tocsin/correlation/engine/plan.ts';
import { FaultSignal, type Place } from '../fault.ts';
import type { CorrelationDocument } from '../rule/load-rules.ts';
import { parseHead, requiredMap } from '../rule/parse-rule.ts';
import { member, memberText, type YamlMap, type YamlNode } from '../yaml/yaml-node.ts';
import {
  CORRELATION_TYPES,
  type CorrelationType,
  ruleKey,
  type SigmaCorrelation,
} from './correlation-rule.ts';
import { parseBounds, texts } from './parse-bounds.ts';
import { ALTERNATIVES_MAX, inOrder, namedRules, parsePattern } from './parse-pattern.ts';

/**
 * Reads a correlation document (specification, *Correlations*).
 *
 * @param resolve gives the key of a rule by reference, or throws a fault at its place
 * @throws FaultSignal
 */
export function parseCorrelation(
  { map, file }: CorrelationDocument,
  resolve: (reference: string, place: Place) => string,
): SigmaCorrelation {
  const { metadata: _, ...head } = parseHead(map);
  const body = requiredMap(map, 'correlation');
  checkMembers(body);
  const type = parseType(body);
  const references = parseReferences(body, type);
  const { fields, ...measured } = parseMeasure(
    body,
    type,
    references.map(({ text }) => text),
  );
  const key = ruleKey({ ...head, file, place: map.place });
  const groupBy = textsOf(body, 'group-by');
  const aliases = parseAliases(
    body,
    references.map(({ text }) => text),
  );
  const inputs = references.map(({ text, place }): PlanInput => {
    const named = (field: string): string => aliases.get(field)?.get(text) ?? field;
    const carried = [...aliases.keys()].filter((alias) => !groupBy.includes(alias));
    return {
      source: resolve(text, place),
      groupFields: groupBy.map(named),
      valueFields: fields.map(named),
      carriedFields: carried.map(named),
    };
  });
  const plan: CorrelationPlan = {
    key,
    inputs,
    groupBy,
    carried: [...aliases.keys()].filter((alias) => !groupBy.includes(alias)),
    spanMs: parseTimespan(body),
    ...measured,
    expectedGroups: parseExpected(body, groupBy),
  };
  return { ...head, key, type, generate: parseGenerate(body), plan, file, place: map.place };
}

const MEMBERS = [
  'type',
  'rules',
  'group-by',
  'timespan',
  'condition',
  'aliases',
  'generate',
  'expected-groups',
];

function checkMembers(body: YamlMap): void {
  for (const { key, place } of body.entries) {
    if (MEMBERS.includes(key)) continue;
    throw fault(
      place,
      `${JSON.stringify(key.slice(0, 40))} is no part of a correlation: there are ${MEMBERS.join(', ')}`,
    );
  }
}

function parseType(body: YamlMap): CorrelationType {
  const text = memberText(body, 'type')?.toLowerCase();
  const type = CORRELATION_TYPES.find((known) => known === text);
  if (type !== undefined) return type;
  const place = member(body, 'type')?.place ?? body.place;
  throw fault(place, `type must be one of ${CORRELATION_TYPES.join(', ')}`);
}

interface Reference {
  readonly text: string;
  readonly place: Place;
}

/** The rules it refers to, each once, in order. */
function parseReferences(body: YamlMap, type: CorrelationType): Reference[] {
  const node = member(body, 'rules');
  const condition = member(body, 'condition');
  if (node === undefined && type.startsWith('temporal') && condition?.kind === 'scalar') {
    const named = namedRules(String(condition.value), condition.place);
    return named.map((text) => ({ text, place: condition.place }));
  }
  if (node === undefined) {
    throw new FaultSignal(
      'missing_member',
      body.place,
      'rules is missing: name the rules by id or name',
    );
  }
  const items = node.kind === 'list' ? node.items : [node];
  const found = new Map<string, Reference>();
  for (const item of items) {
    const [text = ''] = texts(item, 'rules');
    if (!found.has(text)) found.set(text, { text, place: item.place });
  }
  if (found.size > PLAN_INPUTS_MAX) throw fault(node.place, `at most ${PLAN_INPUTS_MAX} rules`);
  if (found.size === 0) throw fault(node.place, 'rules is empty: name at least one');
  return [...found.values()];
}

interface Measured {
  readonly measure: MeasureSpec;
  readonly bounds: readonly Bound[];
  readonly fields: readonly string[];
}

const IS_MET: readonly Bound[] = [{ operator: 'gte', value: 1 }];

function parseMeasure(body: YamlMap, type: CorrelationType, rules: readonly string[]): Measured {
  const node = member(body, 'condition');
  const isTemporal = type.startsWith('temporal');
  const ordered = type.startsWith('temporal_ordered');
  if (node?.kind === 'scalar' && isTemporal) {
    return patternOf(parseText(String(node.value), node.place, rules), ordered);
  }
  if (isTemporal && type.endsWith('_extended')) {
    throw fault(
      node?.place ?? body.place,
      `${type} has a condition in words, such as rule_a and rule_b`,
    );
  }
  if (node === undefined && isTemporal) {
    if (ordered) return everyStep(body, rules);
    return {
      measure: { kind: 'inputs' },
      bounds: [{ operator: 'gte', value: rules.length }],
      fields: [],
    };
  }
  if (node?.kind !== 'map') {
    const message = 'the condition is a map with a comparison, such as gte: 10';
    throw new FaultSignal(
      node === undefined ? 'missing_member' : 'invalid_member',
      node?.place ?? body.place,
      message,
    );
  }
  const { bounds, fields, percent } = parseBounds(node, type);
  if (ordered) return orderedBounds(bounds, node.place, body, rules);
  return { measure: measureOf(type, percent), bounds, fields };
}

function parseText(text: string, place: Place, rules: readonly string[]): readonly Alternative[] {
  const named = new Set<string>();
  const ways = parsePattern(text, place, (reference) => {
    named.add(reference);
    const input = rules.indexOf(reference);
    if (input !== -1) return input;
    throw fault(
      place,
      `the condition names ${JSON.stringify(reference)}, which is not among the rules`,
    );
  });
  const idle = rules.find((rule) => !named.has(rule));
  if (idle !== undefined)
    throw fault(place, `the condition does not say what ${JSON.stringify(idle)} is for`);
  return ways;
}

/** The rules as listed, repeats included: a repeated one must match twice. */
function listed(body: YamlMap, rules: readonly string[]): readonly number[] {
  const node = member(body, 'rules');
  const names = node === undefined ? rules : texts(node, 'rules');
  return names.map((name) => rules.indexOf(name));
}

function patternOf(
  ways: readonly Alternative[],
  ordered: boolean,
  body?: YamlMap,
  rules: readonly string[] = [],
): Measured {
  const steps = body === undefined ? undefined : listed(body, rules);
  const alternatives =
    steps === undefined
      ? ways
      : ways.map((way) => ({ ...way, steps: way.steps.map((step) => steps[step] ?? 0) }));
  return { measure: { kind: 'pattern', ordered, alternatives }, bounds: IS_MET, fields: [] };
}

/** All rules as listed, in order. */
function everyStep(body: YamlMap, rules: readonly string[]): Measured {
  const { length } = listed(body, rules);
  return patternOf(inOrder(length, length), true, body, rules);
}

/** `gte: 2` over three ordered rules: at least two of them, in order. */
function orderedBounds(
  bounds: readonly Bound[],
  place: Place,
  body: YamlMap,
  rules: readonly string[],
): Measured {
  const [bound, more] = bounds;
  const least =
    bound?.operator === 'gt' ? Math.floor(bound.value) + 1 : Math.ceil(bound?.value ?? 0);
  const { length } = listed(body, rules);
  const isLower = bound?.operator === 'gt' || bound?.operator === 'gte';
  if (more !== undefined || !isLower || least < 1 || least > length) {
    throw fault(place, `temporal_ordered takes gte with 1 to ${length}, the number of its rules`);
  }
  const ways = inOrder(length, least);
  if (ways.length > ALTERNATIVES_MAX) throw fault(place, 'too many orders are possible: raise gte');
  return patternOf(ways, true, body, rules);
}

function measureOf(type: CorrelationType, percent: number): MeasureSpec {
  switch (type) {
    case 'value_count':
      return { kind: 'distinct' };
    case 'value_sum':
      return { kind: 'sum' };
    case 'value_avg':
      return { kind: 'average' };
    case 'value_median':
      return { kind: 'median' };
    case 'value_percentile':
      return { kind: 'percentile', percent };
    case 'temporal':
      return { kind: 'inputs' };
    default:
      return { kind: 'events' };
  }
}

const UNITS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  M: 2_629_746,
  y: 31_556_952,
};
/** Longest window: ten years, in seconds. */
const TIMESPAN_MAX_S = 10 * 31_556_952;

function parseTimespan(body: YamlMap): number {
  const text = memberText(body, 'timespan');
  if (text === undefined) {
    throw new FaultSignal(
      'missing_member',
      body.place,
      'timespan is missing: write one such as 5m',
    );
  }
  const match = /^(\d{1,9})([smhdwMy])$/.exec(text);
  const seconds = Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? Number.NaN);
  if (seconds > 0 && seconds <= TIMESPAN_MAX_S) return seconds * 1000;
  const place = member(body, 'timespan')?.place ?? body.place;
  throw fault(
    place,
    'timespan is a number above 0 with s, m, h, d, w, M or y, such as 5m; at most 10y',
  );
}

function parseGenerate(body: YamlMap): boolean {
  const node = member(body, 'generate');
  if (node === undefined) return false;
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  throw fault(node.place, 'generate is true or false');
}

function textsOf(body: YamlMap, key: string): readonly string[] {
  const node = member(body, key);
  if (node === undefined || (node.kind === 'list' && node.items.length === 0)) return [];
  return texts(node, key);
}

function parseAliases(
  body: YamlMap,
  rules: readonly string[],
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const node = member(body, 'aliases');
  if (node === undefined) return new Map();
  const aliases = asMap(node, 'aliases').entries.map(({ key, value }) => {
    const fields = asMap(value, `alias ${key}`).entries.map((entry): [string, string] => {
      if (!rules.includes(entry.key)) {
        const message = `alias ${key} names ${JSON.stringify(entry.key.slice(0, 60))}, which is not among the rules`;
        throw new FaultSignal('unknown_rule', entry.place, message);
      }
      return [entry.key, texts(entry.value, `alias ${key}`)[0] ?? ''];
    });
    return [key, new Map(fields)] as const;
  });
  return new Map(aliases);
}

function asMap(node: YamlNode, name: string): YamlMap {
  if (node.kind === 'map') return node;
  throw new FaultSignal('invalid_member', node.place, `${name} is a map of rules and their fields`);
}

/** Groups to watch although nothing of them was seen: an addition to Sigma. */
function parseExpected(body: YamlMap, groupBy: readonly string[]): readonly (readonly string[])[] {
  const node = member(body, 'expected-groups');
  if (node === undefined) return [];
  const items = node.kind === 'list' ? node.items : [node];
  return items.map((item) => {
    const values = texts(item, 'expected-groups');
    if (values.length === groupBy.length) return values;
    throw fault(
      item.place,
      `each of expected-groups has ${groupBy.length} values, as group-by has`,
    );
  });
}

function fault(place: Place, message: string): FaultSignal {
  return new FaultSignal('invalid_correlation', place, message);
}
