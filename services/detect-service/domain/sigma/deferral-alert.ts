import type { ScoredAlert } from '@tocsin/contracts/alert.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { alertId } from '../score-alert.ts';
import type { Deferral } from './deferred-rules.ts';

const RULE_ID = 'rule-off-hot-path';
const SEVERITY = 4;

/** Tells the tenant on whose events a rule proved too costly, or broke, that its alerts now come later. */
export function deferralAlert(tenantId: TenantId, deferral: Deferral): ScoredAlert {
  const { ruleId, title, reason, detail, since } = deferral;
  const at = new Date(since).toISOString();
  const why = reason === 'fault' ? `it failed (${detail})` : `it costs too much (${detail})`;
  return {
    tenant_id: tenantId,
    alert_id: alertId(tenantId, RULE_ID, ruleId, at),
    revision: 1,
    rule_id: RULE_ID,
    rule_name: 'rule_off_hot_path',
    rule_version: 1,
    severity: SEVERITY,
    title: 'A detection rule runs late',
    description:
      `"${title.slice(0, 200)}" is tried off the hot path, because ${why}. Nothing is missed: its alerts come later. ` +
      'It comes back when it is cheap again or was changed; switch it off if it is not worth its cost.',
    first_event_at: at,
    last_event_at: at,
    event_count: 0,
    total: 0,
    related_events: [],
    group: { rule_id: ruleId.slice(0, 256) },
    category: 'ops',
    src_ips: [],
    hosts: [],
    tags: ['rule-health'],
    storm: false,
  };
}
