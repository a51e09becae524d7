import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import { runsFor } from '@tocsin/content/rule-setting.ts';
import { SigmaException } from '@tocsin/content/sigma-exception.ts';
import { etagOf } from '@tocsin/http/etag.ts';
import Type, { type Static } from 'typebox';
import type { RuleSettingRecord } from '../records.ts';
import { Deferred } from './deferred-view.ts';

/** What may become of a rule. Shipped rules are active. */
export const RULE_STATUSES = ['draft', 'active', 'retired'] as const;

/** What became of a document. */
export const RULE_OUTCOMES = ['loaded', 'inactive', 'refused'] as const;

const nullable = <Value extends Type.TSchema>(value: Value) => Type.Union([value, Type.Null()]);

const summary = {
  id: Type.String(),
  name: Type.String(),
  version: Type.Integer(),
  kind: Type.String(),
  title: Type.String(),
  description: Type.String(),
  severity: Type.Integer({ minimum: 0, maximum: 10, description: 'As it is used for the tenant' }),
  category: Type.String(),
  tags: Type.Array(Type.String()),
  /** Whether it is matched against events of the caller's tenant. */
  enabled: Type.Boolean(),
  origin: Type.Enum(['shipped', 'own']),
  status: Type.Enum([...RULE_STATUSES]),
  outcome: Type.Enum([...RULE_OUTCOMES], {
    description:
      'Of Sigma documents: inactive waits for a list, refused cannot be read. Others are loaded',
  }),
  /** Why it does not run; empty when it does. */
  reason: Type.String(),
  deferred: Type.Union([Deferred, Type.Null()], {
    description: 'Of Sigma rules: it is tried off the hot path, its alerts come later',
  }),
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
    condition: Type.Optional(Type.Unknown()),
    parameters: Type.Record(Type.String(), Type.Unknown()),
    false_positives: Type.Array(Type.String()),
    overrides: Type.Object({
      severity: nullable(Type.Integer({ minimum: 0, maximum: 10 })),
      threshold: nullable(Type.Number()),
    }),
    exceptions: Type.Array(SigmaException),
    active_version: nullable(Type.Integer()),
    latest_version: Type.Integer(),
  },
  { title: 'Rule' },
);
export type Rule = Static<typeof Rule>;

/** A rule and what the tenant decided of it. */
export interface KnownRule {
  readonly document: RuleDocument;
  readonly setting: RuleSettingRecord | undefined;
  /** Of Sigma documents of the installation; absent: loaded. */
  readonly outcome?: (typeof RULE_OUTCOMES)[number];
  readonly reason?: string;
  /** Absent: it is tried at once. */
  readonly deferred?: Static<typeof Deferred> | null;
}

/** Whether it is matched against the tenant's events. */
function isEnabled({ document, setting, outcome = 'loaded' }: KnownRule): boolean {
  if (outcome !== 'loaded') return false;
  if (setting?.origin === 'own') return setting.enabled && setting.status === 'active';
  return runsFor(document, setting);
}

export function renderRuleSummary(rule: KnownRule): RuleSummary {
  const { document, setting } = rule;
  return {
    id: document.id,
    name: document.name,
    version: document.version,
    kind: document.kind,
    title: document.title,
    description: document.description,
    severity: setting?.severity ?? document.severity,
    category: document.category,
    tags: document.tags,
    enabled: isEnabled(rule),
    origin: setting?.origin ?? 'shipped',
    status: setting?.status ?? 'active',
    outcome: rule.outcome ?? 'loaded',
    reason: rule.reason ?? '',
    deferred: rule.deferred ?? null,
  };
}

/** A rule with its condition; members that a document leaves out are empty. */
export function renderRule(rule: KnownRule): Rule {
  const { document, setting } = rule;
  return {
    ...renderRuleSummary(rule),
    logsources: (document.logsources ?? []).map((logsource) => ({ ...logsource })),
    group_by: document.group_by ?? [],
    ...(document.condition === undefined ? {} : { condition: document.condition }),
    parameters: document.parameters,
    false_positives: document.false_positives ?? [],
    overrides: { severity: setting?.severity ?? null, threshold: setting?.threshold ?? null },
    exceptions: (setting?.exceptions ?? []) as SigmaException[],
    active_version: setting?.origin === 'own' ? setting.active_version : document.version,
    latest_version: setting?.latest_version ?? document.version,
  };
}

/** What changes with every change of the rule or of what the tenant decided. */
export function ruleRevision({ document, setting }: KnownRule): string {
  return `${document.version}.${setting?.revision ?? 0}`;
}

/** The answer of a route that shows one rule. */
export function ruleReply(rule: KnownRule, status = 200) {
  return { status, body: renderRule(rule), headers: { etag: etagOf(ruleRevision(rule)) } };
}
