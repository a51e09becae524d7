import type { Route } from '@tocsin/http/route.ts';
import { notifyWorker } from './consumers/notify.ts';
import type { NotificationDeps } from './notification-deps.ts';
import { listNotificationsRoute } from './routes/list-notifications.ts';
import { webhookRoutes } from './routes/webhook.ts';

/** Keeps what a tenant is told, and calls its webhook (B-018, B-021 to B-024). */
export function createNotificationService(deps: NotificationDeps): {
  readonly name: string;
  readonly routes: readonly Route[];
  readonly workers: readonly [ReturnType<typeof notifyWorker>];
} {
  return {
    name: 'notification-service',
    routes: [listNotificationsRoute(deps), ...webhookRoutes(deps)],
    workers: [notifyWorker(deps)],
  };
}
