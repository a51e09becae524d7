import type { ColumnType, Generated, JSONColumnType } from 'kysely';

/** Tables of what a tenant is told, in the schema `tenant_data` (migration 090). */
export interface NotificationTables {
  notifications: NotificationRow;
  notification_webhooks: WebhookRow;
}

/** One message, and what became of its delivery. */
export interface NotificationRow {
  tenant_id: string;
  /** The message's `event_id`: a repeat is the same row. */
  notification_id: string;
  event_type: string;
  severity: string;
  title: string;
  payload: JSONColumnType<object, string, never>;
  occurred_at: ColumnType<Date, Date, never>;
  received_at: ColumnType<Date, Date, never>;
  /** `none`: nobody wanted to be called. */
  delivery: 'none' | 'pending' | 'delivered' | 'failed';
  attempts: Generated<number>;
  delivered_at: Date | null;
  last_error: string | null;
}

/** Where a tenant wants to be called. */
export interface WebhookRow {
  tenant_id: string;
  url: string;
  event_types: string[] | null;
  enabled: boolean;
  /** Names the secret that signs; the secret itself derives from it and a key of the home. */
  secret_id: string;
  former_secret_id: string | null;
  secret_since: Date;
  updated_at: Date;
  updated_by: string;
}
