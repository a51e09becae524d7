import { FaultSignal, type Place, type SigmaFault } from '../fault.ts';
import { member, memberText, type YamlMap } from '../yaml/yaml-node.ts';
import { parseConditions, parseIdentifiers } from './parse-detection.ts';
import { parseId, parseLogsource, requiredMap } from './parse-rule.ts';
import type { Expression, RuleLogsource, SigmaRule } from './rule.ts';

/** A global filter: a condition joined with `and` to the rules it names. */
export interface SigmaFilter {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly logsource: RuleLogsource;
  /** Ids and names in lower case and as written; undefined = any rule of the logsource. */
  readonly rules: readonly string[] | undefined;
  readonly expression: Expression;
  readonly file: string;
  readonly place: Place;
}

interface ParsedFilter {
  readonly filter: SigmaFilter;
  readonly warning: FaultSignal | undefined;
}

/**
 * Reads a filter document. As pySigma does, its condition is joined as written: to leave events out, it says `not`.
 *
 * @throws FaultSignal
 */
export function parseFilter(
  map: YamlMap,
  file: string,
  lists: ReadonlyMap<string, readonly string[]>,
): ParsedFilter {
  const title = memberText(map, 'title');
  if (title === undefined) {
    throw new FaultSignal('missing_member', map.place, 'there is no title: add one');
  }
  const body = requiredMap(map, 'filter');
  const missing = new Set<string>();
  const identifiers = parseIdentifiers(body, NOT_IDENTIFIERS, { lists, missing });
  if (missing.size > 0) {
    const message = `a filter cannot wait for lists: define ${[...missing].join(', ')}`;
    throw new FaultSignal('invalid_value', body.place, message);
  }
  const filter: SigmaFilter = {
    id: parseId(map),
    name: memberText(map, 'name') ?? '',
    title,
    logsource: parseLogsource(requiredMap(map, 'logsource')),
    rules: parseTargets(body),
    expression: parseConditions(body, identifiers),
    file,
    place: map.place,
  };
  return { filter, warning: warnWithoutNot(filter) };
}

const NOT_IDENTIFIERS = new Set(['condition', 'rules']);

function parseTargets(body: YamlMap): readonly string[] | undefined {
  const node = member(body, 'rules');
  if (node === undefined) {
    throw new FaultSignal('missing_member', body.place, 'name the rules, or write rules: any');
  }
  if (node.kind === 'scalar' && node.value === 'any') return undefined;
  const items = node.kind === 'list' ? node.items : [node];
  const targets = items.map((item) => {
    if (item.kind === 'scalar' && item.value !== null) return String(item.value);
    throw new FaultSignal('invalid_member', item.place, 'a rule is named by its id or name');
  });
  return targets.length === 0 ? undefined : targets;
}

function warnWithoutNot(filter: SigmaFilter): FaultSignal | undefined {
  if (hasNot(filter.expression)) return undefined;
  const message =
    'the condition has no not: rules will only match events that it selects; to leave them out write not selection';
  return new FaultSignal('invalid_condition', filter.place, message);
}

function hasNot(expression: Expression): boolean {
  if (expression.kind === 'not') return true;
  if (expression.kind === 'named') return hasNot(expression.part);
  return expression.kind !== 'item' && expression.parts.some(hasNot);
}

/** Joins filters to the rules they name. A filter that names a rule nobody knows is a fault. */
export function applyFilters(
  rules: readonly SigmaRule[],
  filters: readonly SigmaFilter[],
  known: ReadonlyMap<string, string>,
): { rules: readonly SigmaRule[]; faults: readonly SigmaFault[] } {
  if (filters.length === 0) return { rules, faults: [] };
  const checked = filters.map((filter) => ({ filter, unknown: unknownTargets(filter, known) }));
  const faults = checked.flatMap(({ unknown }) => unknown);
  const sound = checked.flatMap(({ filter, unknown }) => (unknown.length === 0 ? [filter] : []));
  const filtered = rules.map((rule) => {
    const fitting = sound.filter((filter) => concerns(filter, rule));
    if (fitting.length === 0) return rule;
    const parts = fitting.map(({ expression }) => expression);
    const expression: Expression = { kind: 'and', parts: [rule.expression, ...parts] };
    return { ...rule, expression };
  });
  return { rules: filtered, faults };
}

function concerns(filter: SigmaFilter, rule: SigmaRule): boolean {
  const { product, category, service } = filter.logsource;
  const source = rule.logsource;
  return (
    (product === undefined || product === source.product) &&
    (category === undefined || category === source.category) &&
    (service === undefined || service === source.service) &&
    (filter.rules?.some((target) => target === rule.name || target.toLowerCase() === rule.id) ??
      true)
  );
}

function unknownTargets(filter: SigmaFilter, known: ReadonlyMap<string, string>): SigmaFault[] {
  const unknown = filter.rules?.find(
    (target) => !known.has(target) && !known.has(target.toLowerCase()),
  );
  if (unknown === undefined) return [];
  const message = `the filter names a rule that is not here: ${JSON.stringify(unknown.slice(0, 60))}`;
  return [{ file: filter.file, ...filter.place, code: 'unknown_rule', message }];
}
