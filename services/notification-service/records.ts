import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import type { NotificationRow, WebhookRow } from '@tocsin/database/notification-tables.ts';
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';

/** Most notifications kept of a tenant: older ones go. */
export const NOTIFICATIONS_MAX = 10_000;

export type NotificationRecord = Selectable<NotificationRow>;
export type WebhookRecord = Selectable<WebhookRow>;

/** Keeps a message unless it is kept, and gives it as it is kept. */
export async function keepNotification(
  tx: TenantTransaction,
  row: Insertable<NotificationRow>,
): Promise<NotificationRecord> {
  await tx
    .insertInto('notifications')
    .values(row)
    .onConflict((conflict) => conflict.columns(['tenant_id', 'notification_id']).doNothing())
    .execute();
  return tx
    .selectFrom('notifications')
    .selectAll()
    .where('tenant_id', '=', row.tenant_id)
    .where('notification_id', '=', row.notification_id)
    .executeTakeFirstOrThrow();
}

export async function changeNotification(
  tx: TenantTransaction,
  tenant: TenantContext,
  id: string,
  change: Updateable<NotificationRow>,
): Promise<void> {
  await tx
    .updateTable('notifications')
    .set(change)
    .where('tenant_id', '=', tenant.tenantId)
    .where('notification_id', '=', id)
    .execute();
}

/** Lets go of what is past the limit. */
export async function trimNotifications(
  tx: TenantTransaction,
  tenant: TenantContext,
  keep: number = NOTIFICATIONS_MAX,
): Promise<void> {
  await sql`
    delete from notifications n using (
      select received_at, notification_id from notifications where tenant_id = ${tenant.tenantId}
      order by received_at desc, notification_id desc offset ${keep} limit 1
    ) oldest
    where n.tenant_id = ${tenant.tenantId}
      and (n.received_at, n.notification_id) <= (oldest.received_at, oldest.notification_id)`.execute(
    tx,
  );
}

/** Newest first, after a place. */
export function listNotifications(
  tx: TenantTransaction,
  tenant: TenantContext,
  limit: number,
  after: { readonly at: number; readonly id: string } | undefined,
): Promise<NotificationRecord[]> {
  let query = tx
    .selectFrom('notifications')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .orderBy('received_at', 'desc')
    .orderBy('notification_id', 'desc')
    .limit(limit);
  if (after !== undefined) {
    const place = sql<boolean>`(received_at, notification_id) < (${new Date(after.at)}, ${after.id}::uuid)`;
    query = query.where(place);
  }
  return query.execute();
}

/** A tenant's webhook. */
export function findWebhook(
  tx: TenantTransaction,
  tenant: TenantContext,
): Promise<WebhookRecord | undefined> {
  return tx
    .selectFrom('notification_webhooks')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .executeTakeFirst();
}

export function putWebhook(
  tx: TenantTransaction,
  row: Insertable<WebhookRow>,
): Promise<WebhookRecord> {
  const { tenant_id: _, ...change } = row;
  return tx
    .insertInto('notification_webhooks')
    .values(row)
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet(change))
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function removeWebhook(tx: TenantTransaction, tenant: TenantContext): Promise<void> {
  await tx.deleteFrom('notification_webhooks').where('tenant_id', '=', tenant.tenantId).execute();
}
