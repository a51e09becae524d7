import { parseCondition } from '../condition/parse-condition.ts';
import { resolveCondition } from '../condition/resolve-condition.ts';
import { FaultSignal, type Place } from '../fault.ts';
import type { YamlMap, YamlNode } from '../yaml/yaml-node.ts';
import { type ItemOptions, parseItem, parseKeywords } from './parse-item.ts';
import type { Expression } from './rule.ts';

/** Most search identifiers of one rule. */
export const IDENTIFIERS_MAX = 1000;

/** The search identifiers of a detection or filter: every member but the ones that mean something else. */
export function parseIdentifiers(
  detection: YamlMap,
  others: ReadonlySet<string>,
  options: ItemOptions,
): ReadonlyMap<string, Expression> {
  const identifiers = new Map<string, Expression>();
  for (const { key, value, place } of detection.entries) {
    if (others.has(key)) continue;
    if (identifiers.size >= IDENTIFIERS_MAX) {
      throw new FaultSignal('too_many_values', place, `more than ${IDENTIFIERS_MAX} selections`);
    }
    identifiers.set(key, parseSelection(value, options));
  }
  if (identifiers.size > 0) return identifiers;
  const message = 'no search identifier: add one, for example selection';
  throw new FaultSignal('empty_detection', detection.place, message);
}

/** Reads what a search identifier asks: a map = all of its items; a list of maps = any; scalars = keywords. */
function parseSelection(node: YamlNode, options: ItemOptions): Expression {
  if (node.kind === 'scalar') {
    if (node.value === null) throw empty(node.place);
    return parseKeywords(node, options);
  }
  if (node.kind === 'map') {
    if (node.entries.length === 0) throw empty(node.place);
    return joined(
      'and',
      node.entries.map((entry) => parseItem(entry, options)),
    );
  }
  if (node.items.length === 0) throw empty(node.place);
  const scalars = node.items.filter((item) => item.kind === 'scalar');
  const parts = node.items
    .filter((item) => item.kind !== 'scalar')
    .map((item) => parseSelection(item, options));
  if (scalars.length > 0) {
    parts.unshift(parseKeywords({ kind: 'list', items: scalars, place: node.place }, options));
  }
  return joined('or', parts);
}

function empty(place: Place): FaultSignal {
  return new FaultSignal('empty_detection', place, 'empty: it would match every event');
}

/** Reads `condition`: text, or a list of which any may hold. */
export function parseConditions(
  map: YamlMap,
  identifiers: ReadonlyMap<string, Expression>,
): Expression {
  const entry = map.entries.find(({ key }) => key === 'condition');
  if (entry === undefined) {
    throw new FaultSignal('missing_member', map.place, 'there is no condition: add one');
  }
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  const parts = nodes.map((node) => {
    if (node.kind !== 'scalar' || node.value === null) {
      throw new FaultSignal('invalid_condition', node.place, 'a condition is text');
    }
    const place = node.place;
    return resolveCondition(parseCondition(String(node.value), place), identifiers, place);
  });
  if (parts.length === 0) {
    throw new FaultSignal('invalid_condition', entry.place, 'the list of conditions is empty');
  }
  return joined('or', parts);
}

function joined(kind: 'and' | 'or', parts: readonly Expression[]): Expression {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind, parts };
}
