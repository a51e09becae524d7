import { pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { timeCursors } from '@tocsin/http/time-cursor.ts';
import Type from 'typebox';
import { Notification, renderNotification } from '../domain/notification.ts';
import type { NotificationDeps } from '../notification-deps.ts';
import { listNotifications } from '../records.ts';

/** `GET /v1/notifications`: what the tenant was told, newest first, and what became of each delivery. */
export function listNotificationsRoute({ database }: NotificationDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/notifications',
    operationId: 'listNotifications',
    summary: 'List what the tenant was told, newest first',
    tags: ['notifications'],
    permission: 'notifications:read',
    query: Type.Object(pageQuery, { additionalProperties: false }),
    responses: { 200: pageSchema(Notification) },
    handle: async (tenant, { query }) => {
      const after = query.cursor === undefined ? undefined : timeCursors.read(query.cursor);
      const rows = await database.inTenant(tenant, (tx) =>
        listNotifications(tx, tenant, query.limit + 1, after),
      );
      const body = pageOf(rows, query.limit, renderNotification, (last) =>
        timeCursors.write({ at: last.received_at.getTime(), id: last.notification_id }),
      );
      return { status: 200, body };
    },
  });
}
