import type { ScoredAlert } from '@tocsin/contracts/alert.ts';
import type { CorrelationResult } from '@tocsin/correlation/engine/correlation-event.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { ruleKey, type SigmaCorrelation } from '@tocsin/sigma/correlation/correlation-rule.ts';
import { labelValues } from '../event-labels.ts';
import { alertId, partyOf } from '../score-alert.ts';
import { alertingRule, LEVEL_SEVERITY, nameOf } from './alerting-rule.ts';
import type { SigmaInUse } from './sigma-match.ts';

/** How results of one correlation become alerts. */
export interface CorrelationAlerting {
  readonly correlation: SigmaCorrelation;
  readonly name: string;
  readonly severity: number;
  /** False: it opens alerts only for a tenant that gives it a severity. */
  readonly opens: boolean;
  readonly category: string;
  /** Titles of what it looks at, down its chain. */
  readonly through: readonly string[];
}

const TITLE_UNITS_MAX = 200;
const DESCRIPTION_UNITS_MAX = 2000;
const GROUP_VALUES_UNITS_MAX = 256;

/** Finds how correlations become alerts: which do, and in which category. */
export class CorrelationAlerts {
  readonly #byKey = new Map<string, CorrelationAlerting>();

  constructor(content: SigmaInUse) {
    const rules = new Map(content.rules.map((rule) => [ruleKey(rule), rule]));
    const correlations = new Map(content.correlations.map((one) => [one.key, one]));
    for (const correlation of content.correlations) {
      if (content.silent.has(correlation.key)) continue;
      const below = keysBelow(correlation, correlations);
      const first = below.map((key) => rules.get(key)).find((rule) => rule !== undefined);
      this.#byKey.set(correlation.key, {
        correlation,
        name: nameOf(correlation),
        severity: LEVEL_SEVERITY[correlation.level ?? 'medium'],
        opens: correlation.level !== 'informational',
        category: first === undefined ? 'endpoint' : alertingRule(first).document.category,
        through: below.flatMap((key) => (rules.get(key) ?? correlations.get(key))?.title ?? []),
      });
    }
  }

  /** Undefined for one that never opens an alert, being a part of another. */
  of(key: string): CorrelationAlerting | undefined {
    return this.#byKey.get(key);
  }
}

/** Keys of all that a correlation looks at, nearest first. Chains are at most 8 deep and have no circles. */
function keysBelow(
  { plan }: SigmaCorrelation,
  correlations: ReadonlyMap<string, SigmaCorrelation>,
): readonly string[] {
  const keys = plan.inputs.map(({ source }) => source);
  const deeper = keys.flatMap((key) => {
    const next = correlations.get(key);
    return next === undefined ? [] : keysBelow(next, correlations);
  });
  return [...new Set([...keys, ...deeper])];
}

/** The alert of a result: the same result gives the same alert. */
export function correlationAlert(
  tenantId: TenantId,
  alerting: CorrelationAlerting,
  result: CorrelationResult,
): ScoredAlert {
  const { correlation, name, severity, category } = alerting;
  const actor = partyOf(result.labels, 'actor');
  const target = partyOf(result.labels, 'target');
  return {
    tenant_id: tenantId,
    alert_id: alertId(tenantId, correlation.key, '', result.id),
    revision: 1,
    rule_id: correlation.key,
    rule_name: name,
    rule_version: 1,
    severity,
    title: correlation.title.slice(0, TITLE_UNITS_MAX),
    description: describe(alerting, result),
    first_event_at: new Date(result.firstAt).toISOString(),
    last_event_at: new Date(result.at).toISOString(),
    event_count: result.count,
    total: result.value,
    related_events: [...result.eventIds],
    group: Object.fromEntries(
      Object.entries(result.values).map(([key, value]) => [
        key,
        value.slice(0, GROUP_VALUES_UNITS_MAX),
      ]),
    ),
    category,
    ...(actor === undefined ? {} : { actor }),
    ...(target === undefined ? {} : { target }),
    src_ips: labelValues(result.labels, 'src_ip'),
    hosts: labelValues(result.labels, 'host'),
    tags: correlation.tags.slice(0, 32).map((tag) => tag.slice(0, 80)),
    storm: false,
  };
}

function describe(
  { correlation, through }: CorrelationAlerting,
  result: CorrelationResult,
): string {
  const text = (correlation.description || correlation.title).trim();
  const group = Object.entries(result.values).map(([name, value]) => `${name} ${value}`);
  const about =
    group.length === 0 ? '' : ` for ${group.join(', ').slice(0, GROUP_VALUES_UNITS_MAX)}`;
  const what = `${correlation.type}${about}: ${result.value} from ${result.count} matches of ${through.join('; ')}`;
  return `${text}\n${what}`.slice(0, DESCRIPTION_UNITS_MAX);
}
