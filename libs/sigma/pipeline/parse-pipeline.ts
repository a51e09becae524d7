import { texts } from '../correlation/parse-bounds.ts';
import { FaultSignal, faultOf, type Place, type SigmaFault } from '../fault.ts';
import type { RuleFile } from '../rule/load-rules.ts';
import { parseItem } from '../rule/parse-item.ts';
import { parseLogsource } from '../rule/parse-rule.ts';
import type { Expression, Item } from '../rule/rule.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { member, memberText, type YamlMap, type YamlNode } from '../yaml/yaml-node.ts';
import type { PipelineStep, RuleCondition, SigmaPipeline, Transformation } from './pipeline.ts';

/** Pipelines of a file, or what is wrong with them. UNTRUSTED text. A pipeline of which a part cannot run is refused whole. */
export function parsePipelines({ name: file, text }: RuleFile): {
  readonly pipelines: readonly SigmaPipeline[];
  readonly refused: readonly SigmaFault[];
} {
  const pipelines: SigmaPipeline[] = [];
  const refused: SigmaFault[] = [];
  for (const document of readYaml(text)) {
    const parsed =
      document instanceof FaultSignal ? document : faultOf(() => parsePipeline(document));
    if (parsed instanceof FaultSignal) {
      const { code, message, place } = parsed;
      refused.push({ file, line: place.line, column: place.column, code, message });
    } else pipelines.push(parsed);
  }
  return { pipelines, refused };
}

const MEMBERS = ['name', 'priority', 'transformations', 'allowed_backends', 'vars'];

function parsePipeline(map: YamlMap): SigmaPipeline {
  for (const { key, place } of map.entries) {
    if (!MEMBERS.includes(key)) throw unsupported(place, `${show(key)} of a pipeline`);
  }
  const list = member(map, 'transformations');
  if (list?.kind !== 'list')
    throw invalid(list?.place ?? map.place, 'transformations is a list of steps');
  const steps = list.items.map((node) => parseStep(asMap(node, 'a transformation')));
  const priority = Number(memberText(map, 'priority') ?? 0);
  if (!Number.isFinite(priority)) throw invalid(map.place, 'priority is a number');
  return { name: memberText(map, 'name') ?? '', priority, steps };
}

const STEP_MEMBERS = new Set([
  'id',
  'type',
  'mapping',
  'prefix',
  'suffix',
  'conditions',
  'negated',
  'rule_conditions',
  'rule_cond_op',
  'rule_cond_not',
  'field_name_conditions',
  'field_name_cond_not',
  'field_name_cond_op',
]);

function parseStep(map: YamlMap): PipelineStep {
  const transformation = parseTransformation(map);
  for (const { key, place } of map.entries) {
    if (!STEP_MEMBERS.has(key)) throw unsupported(place, `${show(key)} of a transformation`);
  }
  return {
    id: memberText(map, 'id') ?? '',
    transformation,
    ruleConditions: listOf(map, 'rule_conditions').map(parseRuleCondition),
    anyRuleCondition: memberText(map, 'rule_cond_op') === 'or',
    notRuleConditions: memberText(map, 'rule_cond_not') === 'true',
    fields: parseFieldConditions(map),
  };
}

function parseTransformation(map: YamlMap): Transformation {
  const type = memberText(map, 'type') ?? '';
  switch (type) {
    case 'field_name_mapping':
    case 'field_name_prefix_mapping':
      return { kind: type, mapping: parseMapping(map) };
    case 'field_name_prefix':
      return { kind: type, prefix: requiredText(map, 'prefix') };
    case 'field_name_suffix':
      return { kind: type, suffix: requiredText(map, 'suffix') };
    case 'add_condition':
      return { kind: type, items: parseAdded(map), negated: memberText(map, 'negated') === 'true' };
    default:
      throw unsupported(
        member(map, 'type')?.place ?? map.place,
        `the transformation ${show(type)}`,
      );
  }
}

function parseMapping(map: YamlMap): ReadonlyMap<string, readonly string[]> {
  const mapping = asMap(member(map, 'mapping'), 'mapping', map.place);
  return new Map(mapping.entries.map(({ key, value }) => [key, texts(value, `mapping of ${key}`)]));
}

function parseAdded(map: YamlMap): readonly Item[] {
  const conditions = asMap(member(map, 'conditions'), 'conditions', map.place);
  return conditions.entries.flatMap((entry) => {
    if (entry.key.includes('$')) throw unsupported(entry.place, 'a template in a condition');
    return itemsOf(parseItem(entry, { lists: new Map(), missing: new Set() }), entry.place);
  });
}

function itemsOf(expression: Expression, place: Place): readonly Item[] {
  if (expression.kind === 'item') return [expression.item];
  throw invalid(place, 'an added condition is a field and its values, without modifiers');
}

function parseRuleCondition(node: YamlNode): RuleCondition {
  const map = asMap(node, 'a rule condition');
  const type = memberText(map, 'type') ?? '';
  switch (type) {
    case 'logsource':
      return { kind: type, logsource: parseLogsource(map) };
    case 'tag':
      return { kind: type, tag: requiredText(map, 'tag').toLowerCase() };
    case 'contains_field':
      return { kind: type, field: requiredText(map, 'field') };
    case 'is_sigma_rule':
    case 'is_sigma_correlation_rule':
      return { kind: type };
    case 'processing_item_applied':
      return { kind: type, step: requiredText(map, 'processing_item_id') };
    default:
      throw unsupported(map.place, `the rule condition ${show(type)}`);
  }
}

function parseFieldConditions(map: YamlMap): PipelineStep['fields'] {
  const [first, ...more] = listOf(map, 'field_name_conditions');
  if (first === undefined) return undefined;
  if (more.length > 0) throw unsupported(first.place, 'more than one condition on field names');
  const condition = asMap(first, 'a condition on field names');
  const type = memberText(condition, 'type') ?? '';
  if (type !== 'include_fields' && type !== 'exclude_fields') {
    throw unsupported(condition.place, `the condition on field names ${show(type)}`);
  }
  const mode = memberText(condition, 'mode') ?? memberText(condition, 'match_type') ?? 'plain';
  if (mode !== 'plain') throw unsupported(condition.place, `the mode ${show(mode)} of field names`);
  const fields = member(condition, 'fields');
  if (fields === undefined) throw invalid(condition.place, 'fields is missing');
  const negated = memberText(map, 'field_name_cond_not') === 'true';
  const names = new Set(texts(fields, 'fields'));
  return { names, include: (type === 'include_fields') !== negated };
}

function listOf(map: YamlMap, key: string): readonly YamlNode[] {
  const node = member(map, key);
  if (node === undefined) return [];
  if (node.kind === 'list') return node.items;
  throw unsupported(node.place, `${key} that is no list`);
}

function asMap(node: YamlNode | undefined, name: string, place?: Place): YamlMap {
  if (node?.kind === 'map') return node;
  throw invalid(node?.place ?? place ?? { line: 1, column: 1 }, `${name} is a map`);
}

function requiredText(map: YamlMap, key: string): string {
  const text = memberText(map, key);
  if (text !== undefined && text !== '') return text;
  throw invalid(map.place, `${key} is missing`);
}

function invalid(place: Place, message: string): FaultSignal {
  return new FaultSignal('invalid_pipeline', place, message);
}

function unsupported(place: Place, what: string): FaultSignal {
  const message = `${what} is not supported: of pipelines only fields are mapped and conditions added`;
  return new FaultSignal('unsupported_transformation', place, message);
}

function show(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
