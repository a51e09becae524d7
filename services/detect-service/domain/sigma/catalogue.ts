import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import { ruleKey } from '@tocsin/sigma/correlation/correlation-rule.ts';
import type { SigmaContent } from '@tocsin/sigma/load-sigma.ts';
import { alertingRule } from './alerting-rule.ts';
import { CorrelationAlerts } from './correlation-alerts.ts';

/** What became of a Sigma document. */
export type SigmaOutcome = 'loaded' | 'inactive' | 'refused';

/** A Sigma document of the installation, as lists show it. Plain data. */
export interface SigmaEntry {
  readonly document: RuleDocument;
  readonly outcome: SigmaOutcome;
  /** Why it does not run; `''` when it does. */
  readonly reason: string;
}

const REASON_UNITS_MAX = 500;

/** Every document of a reading, with what became of it. */
export function sigmaCatalogue(
  content: Pick<SigmaContent, 'rules' | 'correlations' | 'silent' | 'inactive' | 'refused'>,
): readonly SigmaEntry[] {
  const alerts = new CorrelationAlerts(content);
  const rules = content.rules.map((rule) => {
    const { condition: _any, ...document } = alertingRule(rule).document;
    const { product, category, service } = rule.logsource;
    const logsource = {
      ...(product !== undefined && { product }),
      ...(category !== undefined && { category }),
      ...(service !== undefined && { service }),
    };
    const parameters = { level: rule.level ?? null, file: shortName(rule.file) };
    return loaded({
      ...document,
      id: ruleKey(rule),
      kind: 'sigma',
      logsources: [logsource],
      parameters,
    });
  });
  const correlations = content.correlations.map((correlation) => {
    const { key, title, description, tags, type, level, file, plan } = correlation;
    const alerting = alerts.of(key);
    return loaded({
      ...blank(key, title, shortName(file)),
      kind: 'sigma_correlation',
      name: alerting?.name ?? 'sigma_correlation',
      description: (description || title).slice(0, 2000),
      severity: alerting?.severity ?? 1,
      category: alerting?.category ?? 'endpoint',
      group_by: [...plan.groupBy],
      tags: tags.slice(0, 32),
      parameters: { level: level ?? null, type, file: shortName(file) },
    });
  });
  const inactive = content.inactive.map((one): SigmaEntry => {
    const place = `${shortName(one.file)}:${one.line}`;
    return {
      document: blank(one.id || one.name || place, one.title, place),
      outcome: 'inactive',
      reason: `no list for ${one.placeholders.join(', ')}`.slice(0, REASON_UNITS_MAX),
    };
  });
  const refused = content.refused.map(({ file, line, column, code, message }): SigmaEntry => {
    const place = `${shortName(file)}:${line}:${column}`;
    const reason = `${place}: ${message} (${code})`.slice(0, REASON_UNITS_MAX);
    return { document: blank(place, `Refused: ${place}`, place), outcome: 'refused', reason };
  });
  return [...rules, ...correlations, ...inactive, ...refused];
}

function loaded(document: RuleDocument): SigmaEntry {
  return { document, outcome: 'loaded', reason: '' };
}

function blank(id: string, title: string, file: string): RuleDocument {
  return {
    id,
    name: 'sigma_rule',
    version: 1,
    kind: 'sigma',
    title: title.slice(0, 200) || id,
    description: title.slice(0, 2000) || id,
    severity: 1,
    category: 'endpoint',
    parameters: { file },
    tags: [],
  };
}

/** The last two parts of a path: tenants need not know where the installation keeps its files. */
function shortName(file: string): string {
  return file.split(/[\\/]/).slice(-2).join('/');
}
