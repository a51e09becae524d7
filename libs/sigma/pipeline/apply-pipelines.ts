import { ruleKey, type SigmaCorrelation } from '../correlation/correlation-rule.ts';
import type { SigmaContent } from '../load-sigma.ts';
import type { Expression, Item, SigmaRule, Test } from '../rule/rule.ts';
import type { PipelineStep, RuleCondition, SigmaPipeline, Transformation } from './pipeline.ts';

/**
 * Applies processing pipelines to rules, in order of priority: rules ask for the fields of the events at hand. A
 * field that becomes several asks for any of them. Fields of correlations are mapped as in the rule they are read from,
 * to the first of several.
 */
export function applyPipelines(
  content: SigmaContent,
  pipelines: readonly SigmaPipeline[],
): SigmaContent {
  const steps = pipelines.toSorted((a, b) => a.priority - b.priority).flatMap((one) => one.steps);
  if (steps.length === 0) return content;
  const runs = content.rules.map((rule) => new RuleRun(rule, steps));
  const byKey = new Map(content.rules.map((rule, index) => [ruleKey(rule), runs[index]]));
  return {
    ...content,
    rules: runs.map((run) => run.rule),
    correlations: content.correlations.map((correlation) => mapped(correlation, byKey)),
  };
}

/** The way of one rule through the steps. */
class RuleRun {
  rule: SigmaRule;
  readonly #applied: Transformation[] = [];
  readonly #fields: PipelineStep['fields'][] = [];

  constructor(rule: SigmaRule, steps: readonly PipelineStep[]) {
    this.rule = rule;
    const ids = new Set<string>();
    for (const step of steps) {
      if (!applies(step, this.rule, ids)) continue;
      ids.add(step.id);
      this.#applied.push(step.transformation);
      this.#fields.push(step.fields);
      this.rule = { ...this.rule, expression: transformed(this.rule.expression, step) };
    }
  }

  fieldOf(field: string): string {
    return this.#applied.reduce((name, transformation, index) => {
      const fields = this.#fields[index];
      return namesOf(name, transformation, fields)[0] ?? name;
    }, field);
  }
}

function applies(step: PipelineStep, rule: SigmaRule, ids: ReadonlySet<string>): boolean {
  const { ruleConditions, anyRuleCondition, notRuleConditions } = step;
  if (ruleConditions.length === 0) return true;
  const holds = (condition: RuleCondition): boolean => conditionHolds(condition, rule, ids);
  return (
    (anyRuleCondition ? ruleConditions.some(holds) : ruleConditions.every(holds)) !==
    notRuleConditions
  );
}

function conditionHolds(
  condition: RuleCondition,
  rule: SigmaRule,
  ids: ReadonlySet<string>,
): boolean {
  switch (condition.kind) {
    case 'logsource': {
      const { product, category, service } = condition.logsource;
      const own = rule.logsource;
      return (
        (product === undefined || product === own.product) &&
        (category === undefined || category === own.category) &&
        (service === undefined || service === own.service)
      );
    }
    case 'tag':
      return rule.tags.some((tag) => tag.toLowerCase() === condition.tag);
    case 'contains_field':
      return hasField(rule.expression, condition.field);
    case 'processing_item_applied':
      return ids.has(condition.step);
    default:
      return condition.kind === 'is_sigma_rule';
  }
}

function hasField(expression: Expression, field: string): boolean {
  if (expression.kind === 'item') return expression.item.field === field;
  if (expression.kind === 'not' || expression.kind === 'named')
    return hasField(expression.part, field);
  return expression.parts.some((part) => hasField(part, field));
}

function transformed(expression: Expression, { transformation, fields }: PipelineStep): Expression {
  if (transformation.kind === 'add_condition') return withAdded(expression, transformation);
  return mapItems(expression, (item) =>
    mapItem(item, (field) => namesOf(field, transformation, fields)),
  );
}

function withAdded(
  expression: Expression,
  { items, negated }: Transformation & { kind: 'add_condition' },
): Expression {
  const added: Expression = { kind: 'and', parts: items.map((item) => ({ kind: 'item', item })) };
  const part: Expression = negated ? { kind: 'not', part: added } : added;
  return { kind: 'and', parts: [part, expression] };
}

function mapItems(expression: Expression, map: (item: Item) => Expression): Expression {
  if (expression.kind === 'item') return map(expression.item);
  if (expression.kind === 'not' || expression.kind === 'named') {
    return { ...expression, part: mapItems(expression.part, map) };
  }
  return { ...expression, parts: expression.parts.map((part) => mapItems(part, map)) };
}

function mapItem(item: Item, names: (field: string) => readonly string[]): Expression {
  const tests = item.tests.flatMap((test): Test[] =>
    test.kind === 'field' ? names(test.other).map((other) => ({ ...test, other })) : [test],
  );
  if (item.field === undefined) return { kind: 'item', item };
  const parts = names(item.field).map(
    (field): Expression => ({ kind: 'item', item: { ...item, field, tests } }),
  );
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'or', parts };
}

function namesOf(
  field: string,
  transformation: Transformation,
  fields: PipelineStep['fields'],
): readonly string[] {
  if (fields !== undefined && fields.names.has(field) !== fields.include) return [field];
  switch (transformation.kind) {
    case 'field_name_mapping':
      return transformation.mapping.get(field) ?? [field];
    case 'field_name_prefix_mapping': {
      const found = [...transformation.mapping].find(([prefix]) => field.startsWith(prefix));
      return found?.[1].map((prefix) => prefix + field.slice(found[0].length)) ?? [field];
    }
    case 'field_name_prefix':
      return [transformation.prefix + field];
    case 'field_name_suffix':
      return [field + transformation.suffix];
    default:
      return [field];
  }
}

function mapped(
  correlation: SigmaCorrelation,
  runs: ReadonlyMap<string, RuleRun | undefined>,
): SigmaCorrelation {
  const inputs = correlation.plan.inputs.map((input) => {
    const run = runs.get(input.source);
    if (run === undefined) return input;
    const names = (fields: readonly string[]): string[] =>
      fields.map((field) => run.fieldOf(field));
    return {
      ...input,
      groupFields: names(input.groupFields),
      valueFields: names(input.valueFields),
      carriedFields: names(input.carriedFields),
    };
  });
  return { ...correlation, plan: { ...correlation.plan, inputs } };
}
