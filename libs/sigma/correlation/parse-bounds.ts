import { type Bound, PLAN_COUNT_MAX } from '@tocsin/correlation/engine/plan.ts';
import { FaultSignal, type Place } from '../fault.ts';
import { member, type YamlMap, type YamlNode } from '../yaml/yaml-node.ts';
import type { CorrelationType } from './correlation-rule.ts';

/** The map form of a condition. */
export interface Bounds {
  readonly bounds: readonly Bound[];
  readonly fields: readonly string[];
  readonly percent: number;
}

const OPERATORS = ['lt', 'lte', 'gt', 'gte', 'eq', 'neq'] as const;
const COUNTS: readonly CorrelationType[] = ['event_count', 'value_count'];
/** What `value_percentile` takes when the condition does not say, as pySigma does. */
const PERCENT_DEFAULT = 50;

/** Reads `condition: {gte: 10, field: x}`; two bounds make a range. @throws FaultSignal */
export function parseBounds(condition: YamlMap, type: CorrelationType): Bounds {
  const bounds: Bound[] = [];
  for (const { key, value, place } of condition.entries) {
    const operator = OPERATORS.find((known) => known === key);
    if (operator !== undefined) bounds.push({ operator, value: boundOf(value, key, type) });
    else if (key !== 'field' && key !== 'percentile') {
      throw invalidCorrelation(
        place,
        `${show(key)} is no part of a condition: write ${OPERATORS.join(', ')}, field or percentile`,
      );
    }
  }
  if (bounds.length === 0) {
    throw invalidCorrelation(
      condition.place,
      'the condition compares nothing: add one such as gte: 10',
    );
  }
  return { bounds, fields: parseFields(condition, type), percent: parsePercent(condition, type) };
}

function boundOf(node: YamlNode, key: string, type: CorrelationType): number {
  const value = node.kind === 'scalar' ? node.value : null;
  const number =
    typeof value === 'boolean' || value === null || value === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(number))
    throw invalidCorrelation(node.place, `${key} is followed by a number`);
  if (COUNTS.includes(type) && number > PLAN_COUNT_MAX) {
    throw invalidCorrelation(
      node.place,
      `at most ${PLAN_COUNT_MAX} are counted: use value_sum over a field that counts, or a chain`,
    );
  }
  return number;
}

function parseFields(condition: YamlMap, type: CorrelationType): readonly string[] {
  const node = member(condition, 'field');
  const isWanted = type.startsWith('value_');
  if (node === undefined) {
    if (!isWanted) return [];
    throw invalidCorrelation(
      condition.place,
      `${type} needs the field whose values it looks at: add field`,
    );
  }
  if (!isWanted)
    throw invalidCorrelation(
      node.place,
      `${type} looks at no field: remove it, or use value_count`,
    );
  const fields = texts(node, 'field');
  if (fields.length === 1 || type === 'value_count') return fields;
  throw invalidCorrelation(
    node.place,
    `${type} takes one field; only value_count counts combinations`,
  );
}

function parsePercent(condition: YamlMap, type: CorrelationType): number {
  const node = member(condition, 'percentile');
  if (node === undefined) return PERCENT_DEFAULT;
  if (type !== 'value_percentile')
    throw invalidCorrelation(node.place, 'only value_percentile has a percentile');
  const percent = node.kind === 'scalar' ? Number(node.value) : Number.NaN;
  if (percent > 0 && percent <= 100) return percent;
  throw invalidCorrelation(node.place, 'percentile is a number above 0 and up to 100');
}

/** One text or a list of them, none empty. @throws FaultSignal */
export function texts(node: YamlNode, name: string): readonly string[] {
  const items = node.kind === 'list' ? node.items : [node];
  const found = items.map((item) => {
    const text = item.kind === 'scalar' && item.value !== null ? String(item.value) : '';
    if (text === '') throw invalidCorrelation(item.place, `${name} has a text for each item`);
    return text;
  });
  if (found.length === 0)
    throw invalidCorrelation(node.place, `${name} is empty: name at least one`);
  return found;
}

/** The fault of a correlation that says something it cannot mean. */
export function invalidCorrelation(place: Place, message: string): FaultSignal {
  return new FaultSignal('invalid_correlation', place, message);
}

function show(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}
