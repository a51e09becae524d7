import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import type { RuleSetting } from '@tocsin/content/rule-setting.ts';
import type { SigmaException } from '@tocsin/content/sigma-exception.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { ruleKey } from '@tocsin/sigma/correlation/correlation-rule.ts';
import type { SigmaFault } from '@tocsin/sigma/fault.ts';
import { loadSigma, type SigmaContent } from '@tocsin/sigma/load-sigma.ts';
import type { Expression } from '@tocsin/sigma/rule/rule.ts';
import { OWN_RULES_MAX, type RuleException } from '@tocsin/sigma/rule-overlay.ts';
import type { RuleFault } from '../tenant-rules.ts';
import { alertingRule } from './alerting-rule.ts';
import { CorrelationAlerts } from './correlation-alerts.ts';
import { OWN_SIGMA_KIND } from './own-kind.ts';
import type { SigmaInUse } from './sigma-match.ts';
import type { SigmaDecisions } from './sigma-view.ts';

/** What a tenant's settings say of Sigma rules; undefined: nothing. What cannot run is left out and told. */
export function sigmaDecisions(settings: readonly RuleSetting[]): {
  readonly decisions: SigmaDecisions | undefined;
  readonly faults: readonly RuleFault[];
} {
  const faults: RuleFault[] = [];
  const attempt = <Value>(ruleId: string, make: () => Value): Value | undefined => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      faults.push({ ruleId, reason: error.detail ?? error.title });
      return undefined;
    }
  };
  const decided = settings.filter(({ document }) => document === undefined);
  const disabled = new Set(decided.flatMap(({ rule_id, enabled }) => (enabled ? [] : [rule_id])));
  const severities = new Map(
    settings.flatMap(({ rule_id, severity }) =>
      severity === null ? [] : [[rule_id, severity] as const],
    ),
  );
  const exceptions = decided.flatMap(({ rule_id, exceptions: list = [] }) =>
    list.flatMap((exception): RuleException[] => {
      const met = attempt(rule_id, () => exceptionExpression(exception));
      return met === undefined
        ? []
        : [{ ruleId: rule_id, expression: { kind: 'not', part: met } as const }];
    }),
  );
  const own = ownRules(settings, attempt);
  const isNothing = disabled.size + severities.size + exceptions.length + own.rules.length === 0;
  return {
    decisions: isNothing ? undefined : { disabled, severities, exceptions, own },
    faults,
  };
}

function ownRules(
  settings: readonly RuleSetting[],
  attempt: <Value>(ruleId: string, make: () => Value) => Value | undefined,
): SigmaInUse {
  const contents = settings.flatMap(({ rule_id, document, enabled, status }) => {
    const runs = document?.kind === OWN_SIGMA_KIND && enabled && status === 'active';
    if (!runs) return [];
    return attempt(rule_id, () => ownContent(String(document.parameters['text']))) ?? [];
  });
  const rules = contents.flatMap((content) => content.rules).slice(0, OWN_RULES_MAX);
  return {
    rules,
    correlations: contents.flatMap((content) => content.correlations),
    silent: new Set(contents.flatMap(({ silent }) => [...silent])),
  };
}

/**
 * The document of a tenant's own Sigma text: a rule, or a correlation with the rules it counts. It goes by the id of the
 * last document, which alerts: UNTRUSTED text.
 *
 * @throws Problem `invalid_request` that names line and column of each fault
 */
export function ownSigmaDocument(text: string, version: number): RuleDocument {
  const content = ownContent(text);
  const correlation = content.correlations.findLast(({ key }) => !content.silent.has(key));
  const rule = content.rules.findLast((one) => !content.silent.has(ruleKey(one)));
  const id = correlation?.id ?? rule?.id ?? '';
  if (!OWN_ID.test(id)) {
    throw invalid([{ pointer: '/text', detail: 'the rule that alerts needs an id: a UUID' }]);
  }
  const parameters = { text };
  if (correlation !== undefined) {
    const alerting = new CorrelationAlerts(content).of(correlation.key);
    const { title, description, tags } = correlation;
    return {
      id,
      name: alerting?.name ?? 'sigma_rule',
      version,
      kind: OWN_SIGMA_KIND,
      title: title.slice(0, 200),
      description: (description || title).slice(0, 2000),
      severity: alerting?.severity ?? 5,
      category: alerting?.category ?? 'endpoint',
      parameters,
      tags: tags.slice(0, 32).map((tag) => tag.slice(0, 80)),
    };
  }
  if (rule === undefined) throw invalid([{ pointer: '/text', detail: 'there is no rule in it' }]);
  const { condition: _any, ...document } = alertingRule(rule).document;
  return { ...document, version, kind: OWN_SIGMA_KIND, parameters };
}

/** @throws Problem `invalid_request` for a detection that cannot be read */
export function exceptionExpression({ detection }: SigmaException): Expression {
  const text = JSON.stringify({ title: 'exception', logsource: { category: 'any' }, detection });
  const { rules, refused, inactive } = loadSigma([{ name: 'exception', text }]);
  const [rule] = rules;
  if (rule !== undefined) return rule.expression;
  const [fault] = refused;
  const detail =
    fault?.message ?? (inactive.length > 0 ? 'it has a placeholder' : 'it says nothing');
  throw invalid([{ pointer: '/exceptions', detail }]);
}

const OWN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function ownContent(text: string): SigmaContent {
  const content = loadSigma([{ name: 'rule', text }]);
  const faults = content.refused.map((fault) => ({ pointer: '/text', detail: sentence(fault) }));
  for (const { title, placeholders } of content.inactive) {
    const detail = `${title}: there is no list for ${placeholders.join(', ')}`;
    faults.push({ pointer: '/text', detail });
  }
  if (faults.length > 0) throw invalid(faults);
  return content;
}

function sentence({ line, column, message, code }: SigmaFault): string {
  return `line ${line}, column ${column}: ${message} (${code})`;
}

function invalid(errors: { pointer: string; detail: string }[]): Problem {
  return new Problem('invalid_request', {
    detail: `the Sigma text cannot be used: ${errors[0]?.detail ?? ''}`,
    errors,
  });
}
