import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import { ruleKey } from '@tocsin/sigma/correlation/correlation-rule.ts';
import type { RuleLevel, RuleLogsource, SigmaRule } from '@tocsin/sigma/rule/rule.ts';
import { matchKind } from '../kinds/match.ts';
import { compileRule, type Rule } from '../rule.ts';

/** Severity of alerts by Sigma's level. `informational` rules mark events and open no alert. */
export const LEVEL_SEVERITY: Readonly<Record<RuleLevel, number>> = {
  informational: 1,
  low: 3,
  medium: 5,
  high: 7,
  critical: 9,
};

const TITLE_UNITS_MAX = 200;

/**
 * The rule by which matches of a Sigma rule become alerts: the first of a group opens one, those of the next hour join it.
 * The group is the actor, else the target, else the host.
 */
export function alertingRule(rule: SigmaRule): Rule {
  const { title, description, tags, level, logsource, metadata } = rule;
  const causes = metadata['falsepositives'];
  const document: RuleDocument = {
    id: ruleKey(rule),
    name: nameOf(rule),
    version: 1,
    kind: matchKind.name,
    title: title.slice(0, TITLE_UNITS_MAX),
    description: (description || title).replace(/[{}]/g, ' ').slice(0, 2000),
    severity: LEVEL_SEVERITY[level ?? 'medium'],
    category: categoryOf(logsource),
    parameters: {},
    tags: tags.slice(0, 32).map((tag) => tag.slice(0, 80)),
    ...(Array.isArray(causes) && { false_positives: causes.map(String) }),
    condition: { field: 'action', exists: true },
  };
  return compileRule(document, matchKind);
}

/** `informational` rules only mark events. */
export function opensAlerts({ level }: SigmaRule): boolean {
  return level !== 'informational';
}

export function nameOf({ name, title }: Pick<SigmaRule, 'name' | 'title'>): string {
  const words = (name || title).toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const clean = words.replace(/^[^a-z]+|_+$/g, '').slice(0, 80);
  return clean === '' ? 'sigma_rule' : clean;
}

const CLOUD = [
  'aws',
  'azure',
  'gcp',
  'okta',
  'm365',
  'github',
  'bitbucket',
  'google_workspace',
  'onelogin',
];
const NETWORK = [
  'zeek',
  'cisco',
  'aruba',
  'juniper',
  'fortigate',
  'paloalto',
  'huawei',
  'apache',
  'nginx',
];
const NETWORK_CATEGORIES = ['webserver', 'proxy', 'dns', 'firewall'];
const AUTH_SERVICES = ['sshd', 'auth', 'sudo', 'su', 'signinlogs'];

function categoryOf({ product = '', category = '', service = '' }: RuleLogsource): string {
  if (AUTH_SERVICES.includes(service)) return 'auth';
  if (product === 'kubernetes') return 'k8s';
  if (CLOUD.includes(product)) return 'cloud';
  if (NETWORK.includes(product) || NETWORK_CATEGORIES.includes(category)) return 'network';
  return product === 'hpe' ? 'ops' : 'endpoint';
}
