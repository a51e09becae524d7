import {
  type CorrelationPlan,
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
import { invalidCorrelation, texts } from './parse-bounds.ts';
import { parseMeasure } from './parse-measure.ts';
import { namedRules } from './parse-pattern.ts';

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
    throw invalidCorrelation(
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
  throw invalidCorrelation(place, `type must be one of ${CORRELATION_TYPES.join(', ')}`);
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
  if (found.size > PLAN_INPUTS_MAX)
    throw invalidCorrelation(node.place, `at most ${PLAN_INPUTS_MAX} rules`);
  if (found.size === 0) throw invalidCorrelation(node.place, 'rules is empty: name at least one');
  return [...found.values()];
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
  throw invalidCorrelation(
    place,
    'timespan is a number above 0 with s, m, h, d, w, M or y, such as 5m; at most 10y',
  );
}

function parseGenerate(body: YamlMap): boolean {
  const node = member(body, 'generate');
  if (node === undefined) return false;
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  throw invalidCorrelation(node.place, 'generate is true or false');
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
    throw invalidCorrelation(
      item.place,
      `each of expected-groups has ${groupBy.length} values, as group-by has`,
    );
  });
}
