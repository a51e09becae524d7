import { FaultSignal } from '../fault.ts';
import { member, memberText, plainValue, type YamlMap } from '../yaml/yaml-node.ts';
import { parseConditions, parseIdentifiers } from './parse-detection.ts';
import type { ItemOptions } from './parse-item.ts';
import type { RuleLevel, RuleLogsource, RuleStatus, SigmaRule } from './rule.ts';

/** A rule that can be evaluated, or one that waits for lists of values. */
export interface ParsedRule {
  readonly rule: SigmaRule;
  /** Placeholders without a list, sorted: the rule is inactive when there are any. */
  readonly missing: readonly string[];
}

/**
 * Reads a detection rule (Sigma 2.1.0). Nothing of it is left out in silence: what cannot be kept is a fault.
 *
 * @throws FaultSignal
 */
export function parseRule(
  map: YamlMap,
  file: string,
  lists: ReadonlyMap<string, readonly string[]>,
): ParsedRule {
  const missing = new Set<string>();
  const options: ItemOptions = { lists, missing };
  const head = parseHead(map);
  const detection = requiredMap(map, 'detection');
  const identifiers = parseIdentifiers(detection, NOT_IDENTIFIERS, options);
  const expression = parseConditions(detection, identifiers);
  const logsource = parseLogsource(requiredMap(map, 'logsource'));
  const rule: SigmaRule = { ...head, logsource, expression, file, place: map.place };
  return { rule, missing: [...missing].sort() };
}

const NOT_IDENTIFIERS = new Set(['condition', 'timeframe']);

type Head = Omit<SigmaRule, 'logsource' | 'expression' | 'file' | 'place'>;

/** Reads what detection rules and correlations have alike. */
export function parseHead(map: YamlMap): Head {
  const title = memberText(map, 'title');
  if (title === undefined) {
    throw new FaultSignal('missing_member', map.place, 'there is no title: add one');
  }
  const taxonomy = memberText(map, 'taxonomy') ?? 'sigma';
  if (taxonomy !== 'sigma') {
    const message = `taxonomy ${JSON.stringify(taxonomy)}: map its fields to Sigma's first`;
    throw new FaultSignal('foreign_taxonomy', placeOf(map, 'taxonomy'), message);
  }
  return {
    id: parseId(map),
    name: memberText(map, 'name') ?? '',
    title,
    level: oneOf(map, 'level', LEVELS),
    status: oneOf(map, 'status', STATUSES),
    author: memberText(map, 'author') ?? '',
    description: memberText(map, 'description') ?? '',
    tags: parseTags(map),
    metadata: parseMetadata(map),
  };
}

/** Reads `id`: a UUID in lower case, or `''` when there is none. */
export function parseId(map: YamlMap): string {
  const id = memberText(map, 'id')?.toLowerCase() ?? '';
  if (id === '' || UUID.test(id)) return id;
  const message = `id ${JSON.stringify(id.slice(0, 60))} is not a UUID: make a new one`;
  throw new FaultSignal('invalid_member', placeOf(map, 'id'), message);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const LEVELS: readonly RuleLevel[] = ['informational', 'low', 'medium', 'high', 'critical'];
const STATUSES: readonly RuleStatus[] = [
  'stable',
  'test',
  'experimental',
  'deprecated',
  'unsupported',
];

function oneOf<Value extends string>(
  map: YamlMap,
  key: string,
  values: readonly Value[],
): Value | undefined {
  const text = memberText(map, key)?.toLowerCase();
  const value = values.find((known) => known === text);
  if (text === undefined || value !== undefined) return value;
  const message = `${key} ${JSON.stringify(text.slice(0, 40))} is not known: write one of ${values.join(', ')}`;
  throw new FaultSignal('invalid_member', placeOf(map, key), message);
}

function parseTags(map: YamlMap): string[] {
  const node = member(map, 'tags');
  if (node?.kind !== 'list') return [];
  return node.items.flatMap((item) =>
    item.kind === 'scalar' && item.value !== null ? [String(item.value)] : [],
  );
}

const READ_ELSEWHERE = new Set([
  'id',
  'name',
  'title',
  'level',
  'status',
  'author',
  'description',
  'tags',
  'logsource',
  'detection',
  'action',
]);

function parseMetadata(map: YamlMap): Record<string, unknown> {
  return Object.fromEntries(
    map.entries
      .filter(({ key }) => !READ_ELSEWHERE.has(key))
      .map(({ key, value }) => [key, plainValue(value)]),
  );
}

/** Reads `logsource`: at least one of product, category and service. */
export function parseLogsource(map: YamlMap): RuleLogsource {
  const logsource: { product?: string; category?: string; service?: string } = {};
  for (const key of ['product', 'category', 'service'] as const) {
    const text = memberText(map, key);
    if (text !== undefined) logsource[key] = text.toLowerCase();
  }
  if (Object.keys(logsource).length > 0) return logsource;
  const message = 'logsource is empty: state a product, a category or a service';
  throw new FaultSignal('missing_member', map.place, message);
}

/** The member of a key, which must be a map. */
export function requiredMap(map: YamlMap, key: string): YamlMap {
  const node = member(map, key);
  if (node?.kind === 'map') return node;
  const place = node?.place ?? map.place;
  const code = node === undefined ? 'missing_member' : 'invalid_member';
  throw new FaultSignal(code, place, `${key} must be there and be a map`);
}

function placeOf(map: YamlMap, key: string): { line: number; column: number } {
  return map.entries.find((entry) => entry.key === key)?.value.place ?? map.place;
}
