import { cursorCodec, pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import Type from 'typebox';
import { finishDecisions } from '../decisions.ts';
import { ParkedItem, parkedItem } from '../domain/dead-letter.ts';
import { findQueue, queueParams } from '../find-queue.ts';
import type { QueueDeps } from '../queue-deps.ts';

const cursors = cursorCodec(
  Type.Object({ after: Type.String({ maxLength: 200 }) }, { additionalProperties: false }),
);

/** `GET /v1/queues/{topic}/{group}/dead-letters`: what could not be handled, with the reason. */
export function listDeadLettersRoute(deps: QueueDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/queues/{topic}/{group}/dead-letters',
    operationId: 'listDeadLetters',
    summary: 'Lists what of a queue could not be handled',
    tags: ['queues'],
    permission: 'queues:read',
    params: queueParams,
    query: Type.Object(pageQuery, { additionalProperties: false }),
    responses: { 200: pageSchema(ParkedItem) },
    handle: async (tenant, { params, query }) => {
      const queue = findQueue(deps, params);
      const after = query.cursor === undefined ? undefined : cursors.read(query.cursor).after;
      const letters = deps.bus.deadLetters(queue.topic, queue.group);
      const listed = await letters.list(tenant.tenantId, query.limit + 1, after);
      const body = pageOf(
        listed,
        query.limit,
        (letter) => letter,
        (last) => cursors.write({ after: last.id }),
      );
      const open = await finishDecisions(deps, tenant, letters, body.items);
      const items = open.map((letter) => parkedItem(queue, letter));
      return { status: 200, body: { ...body, items } };
    },
  });
}
