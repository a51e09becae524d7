import type { RuleDocument } from './rule-document.ts';
import type { SigmaException } from './sigma-exception.ts';

/** What a tenant decided of one rule. */
export interface RuleSetting {
  readonly rule_id: string;
  readonly status: 'draft' | 'active' | 'retired';
  readonly enabled: boolean;
  /** Instead of the document's; null leaves that. */
  readonly severity: number | null;
  /** Instead of the parameter `threshold`; null leaves that. */
  readonly threshold: number | null;
  /** Events that a Sigma rule leaves out; default: none. */
  readonly exceptions?: readonly SigmaException[];
  /** The version that runs, of a rule of the tenant's own. */
  readonly document?: RuleDocument;
}

/**
 * The rules that watch a tenant: those that ship, but what it switched off, and its own active ones, each with its own
 * values. A shipped rule nobody touched is the very object of the pack.
 */
export function effectiveRules(
  shipped: readonly RuleDocument[],
  settings: readonly RuleSetting[],
): readonly RuleDocument[] {
  const byId = new Map(settings.map((setting) => [setting.rule_id, setting]));
  const running = shipped.filter((rule) => runsFor(rule, byId.get(rule.id)));
  const own = settings.flatMap(({ document, enabled, status }) =>
    document !== undefined && enabled && status === 'active' ? [document] : [],
  );
  return [...running, ...own].map((rule) => withOverrides(rule, byId.get(rule.id)));
}

/** Whether a shipped rule watches a tenant. */
export function runsFor(
  rule: RuleDocument,
  setting: Pick<RuleSetting, 'enabled'> | undefined,
): boolean {
  return setting?.enabled ?? rule.enabled_by_default ?? true;
}

function withOverrides(rule: RuleDocument, setting: RuleSetting | undefined): RuleDocument {
  if (setting === undefined) return rule;
  const { severity, threshold } = setting;
  if (severity === null && threshold === null) return rule;
  return {
    ...rule,
    ...(severity === null ? {} : { severity }),
    ...(threshold === null ? {} : { parameters: { ...rule.parameters, threshold } }),
  };
}
