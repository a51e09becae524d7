import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import Type, { type Static } from 'typebox';

const summary = {
  id: Type.String(),
  name: Type.String(),
  version: Type.Integer(),
  kind: Type.String(),
  title: Type.String(),
  description: Type.String(),
  severity: Type.Integer({ minimum: 0, maximum: 10 }),
  category: Type.String(),
  tags: Type.Array(Type.String()),
  /** Whether it is matched against events of the caller's tenant. */
  enabled: Type.Boolean(),
};

/** A rule in a list. */
export const RuleSummary = Type.Object(summary, { title: 'Rule summary' });
export type RuleSummary = Static<typeof RuleSummary>;

/** A rule in full: what it looks at and how, as its document says. */
export const Rule = Type.Object(
  {
    ...summary,
    logsources: Type.Array(Type.Record(Type.String(), Type.String())),
    group_by: Type.Array(Type.String()),
    condition: Type.Unknown(),
    parameters: Type.Record(Type.String(), Type.Unknown()),
    false_positives: Type.Array(Type.String()),
  },
  { title: 'Rule' },
);
export type Rule = Static<typeof Rule>;

/** Every shipped rule is enabled for every tenant: enabling by tenant has no setting yet. */
export function renderRuleSummary(rule: RuleDocument): RuleSummary {
  return {
    id: rule.id,
    name: rule.name,
    version: rule.version,
    kind: rule.kind,
    title: rule.title,
    description: rule.description,
    severity: rule.severity,
    category: rule.category,
    tags: rule.tags,
    enabled: true,
  };
}

/** A rule with its condition; members that a document leaves out are empty. */
export function renderRule(rule: RuleDocument): Rule {
  return {
    ...renderRuleSummary(rule),
    logsources: (rule.logsources ?? []).map((logsource) => ({ ...logsource })),
    group_by: rule.group_by ?? [],
    condition: rule.condition,
    parameters: rule.parameters,
    false_positives: rule.false_positives ?? [],
  };
}
