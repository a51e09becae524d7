import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { AlertStatus } from '@tocsin/contracts/alert.ts';
import { checkTransition } from '@tocsin/kernel/transition.ts';
import type { CorrelateRouteDeps } from './correlate-route-deps.ts';
import { ALERT_TRANSITIONS } from './domain/alert-transitions.ts';
import { recordAlertChange } from './records/alert-change.ts';
import { type AlertRow, changeAlert, getAlertForChange } from './records/alert-queries.ts';

/**
 * Sets the status of an alert for clients that know neither versions nor which step may follow which: one that ended is
 * reopened on the way. Each step has its audit row and its entry in the timeline.
 *
 * @throws Problem `not_found`; `illegal_transition` when no way leads there
 */
export async function setAlertStatus(
  { database, world }: Pick<CorrelateRouteDeps, 'database' | 'world'>,
  tenant: TenantContext,
  alertId: string,
  status: AlertStatus,
  requestId: string,
): Promise<AlertRow> {
  const now = new Date(world.clock.now());
  return database.inTenant(tenant, async (tx) => {
    let alert = await getAlertForChange(tx, tenant, alertId);
    for (const step of stepsTo(alert.status, status)) {
      const { assignee, suppressed_until, suppress_reason } = alert;
      const change = { status: step, assignee, suppressed_until, suppress_reason };
      const changed = await changeAlert(tx, tenant, alert, change, now);
      await recordAlertChange(tx, tenant, { before: alert, after: changed, now, requestId });
      alert = changed;
    }
    return alert;
  });
}

function stepsTo(from: AlertStatus, to: AlertStatus): readonly AlertStatus[] {
  if (from === to) return [];
  if (ALERT_TRANSITIONS[from].includes(to)) return [to];
  const reopened = ALERT_TRANSITIONS[from].includes('new') && ALERT_TRANSITIONS.new.includes(to);
  if (!reopened) checkTransition(ALERT_TRANSITIONS, from, to);
  return ['new', to];
}
