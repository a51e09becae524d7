import type { Alternative, Bound, MeasureSpec } from '@tocsin/correlation/engine/plan.ts';
import { FaultSignal, type Place } from '../fault.ts';
import { member, type YamlMap } from '../yaml/yaml-node.ts';
import type { CorrelationType } from './correlation-rule.ts';
import { invalidCorrelation, parseBounds, texts } from './parse-bounds.ts';
import { ALTERNATIVES_MAX, inOrder, parsePattern } from './parse-pattern.ts';

/** What a plan computes, what it is compared with, and the fields it reads for it. */
export interface Measured {
  readonly measure: MeasureSpec;
  readonly bounds: readonly Bound[];
  readonly fields: readonly string[];
}

const IS_MET: readonly Bound[] = [{ operator: 'gte', value: 1 }];

/**
 * Reads `condition`, which means something else for each type.
 *
 * @param rules references, each once @throws FaultSignal
 */
export function parseMeasure(
  body: YamlMap,
  type: CorrelationType,
  rules: readonly string[],
): Measured {
  const node = member(body, 'condition');
  const isTemporal = type.startsWith('temporal');
  const ordered = type.startsWith('temporal_ordered');
  if (node?.kind === 'scalar' && isTemporal) {
    return patternOf(parseText(String(node.value), node.place, rules), ordered);
  }
  if (isTemporal && type.endsWith('_extended')) {
    throw invalidCorrelation(
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
    throw invalidCorrelation(
      place,
      `the condition names ${JSON.stringify(reference)}, which is not among the rules`,
    );
  });
  const idle = rules.find((rule) => !named.has(rule));
  if (idle !== undefined)
    throw invalidCorrelation(
      place,
      `the condition does not say what ${JSON.stringify(idle)} is for`,
    );
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
    throw invalidCorrelation(
      place,
      `temporal_ordered takes gte with 1 to ${length}, the number of its rules`,
    );
  }
  const ways = inOrder(length, least);
  if (ways.length > ALTERNATIVES_MAX)
    throw invalidCorrelation(place, 'too many orders are possible: raise gte');
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
