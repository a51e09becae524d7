import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import Type from 'typebox';
import type { QueueDeps } from '../queue-deps.ts';

const Queue = Type.Object({
  topic: Type.String(),
  group: Type.String(),
  frames: Type.Integer(),
  events: Type.Integer(),
  bytes: Type.Integer(),
  oldest_at: Type.Union([Type.String(), Type.Null()]),
  dead_letters: Type.Integer(),
});

/** `GET /v1/queues`, and `/queue/health` for callers of B (B-025): what waits in the queues for the caller's tenant. */
export function queueHealthRoutes(deps: QueueDeps): readonly Route[] {
  return [
    depthRoute(deps, '/queue/health', 'getQueueHealth'),
    depthRoute(deps, '/v1/queues', 'listQueues'),
  ];
}

function depthRoute({ bus, queues }: QueueDeps, path: string, operationId: string): Route {
  return tenantRoute({
    method: 'GET',
    path,
    operationId,
    summary: 'What waits in the queues',
    tags: ['queues'],
    permission: 'queues:read',
    responses: { 200: Type.Object({ queues: Type.Array(Queue) }) },
    async handle(tenant) {
      const shown = queues.map(async ({ topic, group }) => {
        const depth = await bus.depth(topic, group);
        const mine = depth.tenants.find((one) => one.tenantId === tenant.tenantId);
        return {
          topic,
          group,
          frames: mine?.frames ?? 0,
          events: mine?.events ?? 0,
          bytes: mine?.bytes ?? 0,
          oldest_at: mine?.oldestAt === undefined ? null : new Date(mine.oldestAt).toISOString(),
          dead_letters: mine?.deadLetters ?? 0,
        };
      });
      return { status: 200, body: { queues: await Promise.all(shown) } };
    },
  });
}
