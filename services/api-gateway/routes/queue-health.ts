import type { EventBus } from '@tocsin/bus/event-bus.ts';
import type { Topic } from '@tocsin/contracts/topic.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import Type from 'typebox';

/** A queue that is shown: a topic and the group that reads it. */
export interface ShownQueue {
  readonly topic: Topic;
  readonly group: string;
}

const Queue = Type.Object({
  topic: Type.String(),
  group: Type.String(),
  frames: Type.Integer(),
  events: Type.Integer(),
  bytes: Type.Integer(),
  oldest_at: Type.Union([Type.String(), Type.Null()]),
  dead_letters: Type.Integer(),
});

/** `GET /queue/health`: what waits in the queues for the caller's tenant (B-025). */
export function queueHealthRoute(bus: EventBus, queues: readonly ShownQueue[]): Route {
  return tenantRoute({
    method: 'GET',
    path: '/queue/health',
    operationId: 'getQueueHealth',
    summary: 'What waits in the queues',
    tags: ['meta'],
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
