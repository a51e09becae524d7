import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import type { ScoredAlert } from '@tocsin/contracts/alert.ts';
import type { Episode, WindowRule } from '@tocsin/correlation/window.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { WindowAdd } from '@tocsin/windows/window-store.ts';
import { alertId } from './score-alert.ts';

/** Alerts that one rule may open for one tenant within {@link STORM_WINDOW_MS}; more are a storm. */
export const STORM_ALERTS_MAX = 100;

/** The minute over which openings are counted, by time of receipt. */
export const STORM_WINDOW_MS = 60_000;

/** The window that counts a rule's openings. It is a rule like any other, so a replay counts the same. */
export function stormRule(ruleId: string, alertsMax: number = STORM_ALERTS_MAX): WindowRule {
  return {
    id: `storm:${ruleId}`,
    windowMs: STORM_WINDOW_MS,
    threshold: alertsMax + 1,
    latenessMs: STORM_WINDOW_MS,
  };
}

/** Counts one opening, at the time of receipt. */
export function stormAdd(window: WindowRule, openedBy: string, receivedAt: number): WindowAdd {
  return { rule: window, group: '', at: receivedAt, eventId: openedBy, weight: 1 };
}

/** What a storm's alert says of its rule. */
export type StormingRule = Pick<
  RuleDocument,
  'id' | 'name' | 'version' | 'severity' | 'title' | 'category' | 'tags'
>;

/** The one alert that stands for all that a rule opens while it storms. */
export function stormAlert(
  tenantId: TenantId,
  document: StormingRule,
  episode: Episode,
): ScoredAlert {
  return {
    tenant_id: tenantId,
    alert_id: alertId(tenantId, `storm:${document.id}`, '', episode.openedBy),
    revision: episode.revision,
    rule_id: document.id,
    rule_name: document.name,
    rule_version: document.version,
    severity: document.severity,
    title: `Storm of alerts: ${document.title}`,
    description:
      `The rule opened ${episode.count} alerts in short order. Alerts past its cap are not shown one by one; ` +
      'their events carry the rule and can be searched.',
    first_event_at: new Date(episode.firstAt).toISOString(),
    last_event_at: new Date(episode.lastAt).toISOString(),
    event_count: episode.count,
    total: episode.total,
    related_events: [...episode.eventIds],
    group: {},
    category: document.category,
    src_ips: [],
    hosts: [],
    tags: [...document.tags],
    storm: true,
  };
}
