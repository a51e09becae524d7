import type { WebhookRow } from '@tocsin/database/notification-tables.ts';
import type { Selectable } from 'kysely';
import Type, { type Static } from 'typebox';

/** What a tenant says of where it wants to be called. */
export const WebhookInput = Type.Object(
  {
    url: Type.String({
      minLength: 1,
      maxLength: 2000,
      description: 'https; not shown again in full',
    }),
    event_types: Type.Optional(
      Type.Union([
        Type.Array(Type.String({ pattern: '^[a-z_]+(\\.[a-z_]+)+$', maxLength: 100 }), {
          minItems: 1,
          maxItems: 50,
        }),
        Type.Null(),
      ]),
    ),
    enabled: Type.Boolean({ default: true }),
    new_secret: Type.Boolean({
      default: false,
      description: 'Make another secret; calls are signed with the former one too for 24 hours',
    }),
  },
  { additionalProperties: false, title: 'Webhook to keep' },
);
export type WebhookInput = Static<typeof WebhookInput>;

/** A webhook as the API gives it: its secret only when it was just made. */
export const Webhook = Type.Object(
  {
    url: Type.String({ description: 'Scheme and host; the path may be a secret' }),
    event_types: Type.Union([Type.Array(Type.String()), Type.Null()]),
    enabled: Type.Boolean(),
    secret_since: Type.String(),
    updated_at: Type.String(),
    updated_by: Type.String(),
  },
  { title: 'Webhook' },
);
export type Webhook = Static<typeof Webhook>;

export function renderWebhook(row: Selectable<WebhookRow>): Webhook {
  const { origin, pathname, search } = new URL(row.url);
  return {
    url: pathname === '/' && search === '' ? `${origin}/` : `${origin}/***`,
    event_types: row.event_types,
    enabled: row.enabled,
    secret_since: row.secret_since.toISOString(),
    updated_at: row.updated_at.toISOString(),
    updated_by: row.updated_by,
  };
}

/** Whether it is to be called for a message. */
export function wantsCall(hook: Selectable<WebhookRow> | undefined, eventType: string): boolean {
  if (hook === undefined || !hook.enabled) return false;
  return hook.event_types === null || hook.event_types.includes(eventType);
}
