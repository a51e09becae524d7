import { RELATED_EVENTS_MAX, type ScoredAlert } from '@tocsin/contracts/alert.ts';
import type { Episode } from '@tocsin/correlation/window.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { TOCSIN_NAMESPACE, uuidV5 } from '@tocsin/kernel/uuid.ts';
import { labelValues } from './event-labels.ts';
import { groupMembers, type Rule } from './rule.ts';

type Party = NonNullable<ScoredAlert['actor']>;

/** Longest group that a title or description spells out, in UTF-16 units. */
const GROUP_TEXT_MAX = 120;

/** The id of an episode's alert: the same on every replay (design 3, *Episodes*). */
export function alertId(
  tenantId: TenantId,
  ruleId: string,
  group: string,
  openedBy: string,
): string {
  return uuidV5(TOCSIN_NAMESPACE, JSON.stringify(['alert', tenantId, ruleId, group, openedBy]));
}

/** The alert of an episode, in absolute values: the same episode gives the same alert. */
export function scoreAlert(
  tenantId: TenantId,
  rule: Rule,
  group: string,
  episode: Episode,
): ScoredAlert {
  const { document } = rule;
  const members = groupMembers(rule, group);
  const actor = partyOf(episode.labels, 'actor');
  const target = partyOf(episode.labels, 'target');
  return {
    tenant_id: tenantId,
    alert_id: alertId(tenantId, document.id, group, episode.openedBy),
    revision: episode.revision,
    rule_id: document.id,
    rule_name: document.name,
    rule_version: document.version,
    severity: document.severity,
    title: document.title,
    description: describe(document.description, Object.values(members).join(', '), episode),
    first_event_at: new Date(episode.firstAt).toISOString(),
    last_event_at: new Date(episode.lastAt).toISOString(),
    event_count: episode.count,
    total: episode.total,
    related_events: episode.eventIds.slice(0, RELATED_EVENTS_MAX),
    group: members,
    category: document.category,
    ...(actor === undefined ? {} : { actor }),
    ...(target === undefined ? {} : { target }),
    src_ips: labelValues(episode.labels, 'src_ip'),
    hosts: labelValues(episode.labels, 'host'),
    tags: [...document.tags],
    storm: false,
  };
}

/** Who acted, or was acted on, when all counted events agree; nobody when they name several. */
export function partyOf(labels: readonly string[], role: 'actor' | 'target'): Party | undefined {
  const ids = labelValues(labels, `${role}.id`);
  const names = labelValues(labels, `${role}.name`);
  if (ids.length > 1 || (ids.length === 0 && names.length !== 1)) return undefined;
  const [type] = labelValues(labels, `${role}.type`);
  const [id] = ids;
  const [name] = names;
  return {
    ...(type === undefined ? {} : { type }),
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
  };
}

function describe(template: string, group: string, episode: Episode): string {
  const values: Readonly<Record<string, string>> = {
    count: String(episode.count),
    total: String(episode.total),
    group: group.slice(0, GROUP_TEXT_MAX) || '(unknown)',
  };
  return template.replace(
    /\{(count|total|group)\}/g,
    (whole, name: string) => values[name] ?? whole,
  );
}
