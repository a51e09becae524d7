import type { Route } from '@tocsin/http/route.ts';
import type { QueueDeps } from './queue-deps.ts';
import { handleDeadLetterRoutes } from './routes/handle-dead-letter.ts';
import { listDeadLettersRoute } from './routes/list-dead-letters.ts';
import { queueHealthRoutes } from './routes/queue-health.ts';

/** Shows what waits in the queues, and what of it could not be handled (B-012 to B-025). */
export function createQueueService(deps: QueueDeps): { name: string; routes: readonly Route[] } {
  return {
    name: 'queue-service',
    routes: [
      ...queueHealthRoutes(deps),
      listDeadLettersRoute(deps),
      ...handleDeadLetterRoutes(deps),
    ],
  };
}
