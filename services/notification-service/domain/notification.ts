import { Envelope } from '@tocsin/contracts/envelope.ts';
import type { NotificationRow } from '@tocsin/database/notification-tables.ts';
import { parseJson } from '@tocsin/kernel/json.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { Selectable } from 'kysely';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';

const TITLE_MAX = 200;

/** A notification as the API gives it. */
export const Notification = Type.Object(
  {
    notification_id: Type.String(),
    event_type: Type.String(),
    severity: Type.String(),
    title: Type.String(),
    payload: Type.Object({}, { additionalProperties: true }),
    occurred_at: Type.String(),
    received_at: Type.String(),
    delivery: Type.Enum(['none', 'pending', 'delivered', 'failed']),
    attempts: Type.Integer(),
    delivered_at: Type.Union([Type.String(), Type.Null()]),
    last_error: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'Notification' },
);
export type Notification = Static<typeof Notification>;

export function renderNotification(row: Selectable<NotificationRow>): Notification {
  return {
    notification_id: row.notification_id,
    event_type: row.event_type,
    severity: row.severity,
    title: row.title,
    payload: row.payload,
    occurred_at: row.occurred_at.toISOString(),
    received_at: row.received_at.toISOString(),
    delivery: row.delivery,
    attempts: row.attempts,
    delivered_at: row.delivered_at?.toISOString() ?? null,
    last_error: row.last_error,
  };
}

/**
 * Reads a message of the topic.
 *
 * @throws Problem `invalid_request` for one that is no envelope, or not its tenant's: it is parked at once
 */
export function parseMessage(body: Buffer, tenantId: string): Envelope {
  const value = parseJson(body.toString('utf8'));
  if (!Check(Envelope, value)) throw unreadable('it is no envelope');
  if (value.tenant_id !== tenantId) throw unreadable('it names another tenant than its frame');
  return value;
}

/** One line for people: the alert's or object's own title, else the type. */
export function titleOf({ event_type, payload }: Envelope): string {
  const title =
    typeof payload === 'object' && payload !== null && 'title' in payload ? payload.title : '';
  return (typeof title === 'string' && title !== '' ? title : event_type).slice(0, TITLE_MAX);
}

/** The body of a call to a webhook (Standard Webhooks 1.0: type, timestamp, data). */
export function callBody(row: Selectable<NotificationRow>): string {
  return JSON.stringify({
    type: row.event_type,
    timestamp: row.occurred_at.toISOString(),
    id: row.notification_id,
    tenant_id: row.tenant_id,
    severity: row.severity,
    title: row.title,
    data: row.payload,
  });
}

function unreadable(why: string): Problem {
  return new Problem('invalid_request', { detail: `the message cannot be read: ${why}` });
}
