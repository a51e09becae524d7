import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { DeadLetter, DeadLetterQueue } from '@tocsin/bus/event-bus.ts';
import { notFound } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import Type from 'typebox';
import { carryOut, type Decision, decide } from '../decisions.ts';
import { findLetter, findQueue, letterParams } from '../find-queue.ts';
import type { QueueDeps, ShownQueue } from '../queue-deps.ts';

/** `POST .../dead-letters/{id}/redrive` and `DELETE .../dead-letters/{id}`: send it again, or throw it away. */
export function handleDeadLetterRoutes(deps: QueueDeps): readonly Route[] {
  return [redriveRoute(deps), discardRoute(deps)];
}

function redriveRoute(deps: QueueDeps): Route {
  return tenantRoute({
    method: 'POST',
    path: '/v1/queues/{topic}/{group}/dead-letters/{id}/redrive',
    operationId: 'redriveDeadLetter',
    summary: 'Sends a parked item again',
    tags: ['queues'],
    permission: 'queues:write',
    params: letterParams,
    responses: { 202: Type.Object({ id: Type.String(), status: Type.String() }) },
    handle: async (tenant, { params, requestId }) => {
      const found = await find(deps, tenant, params);
      await act(deps, tenant, 'queue.redrive', { ...found, requestId });
      return { status: 202, body: { id: found.letter.id, status: 'published' } };
    },
  });
}

function discardRoute(deps: QueueDeps): Route {
  return tenantRoute({
    method: 'DELETE',
    path: '/v1/queues/{topic}/{group}/dead-letters/{id}',
    operationId: 'discardDeadLetter',
    summary: 'Throws a parked item away, for good',
    tags: ['queues'],
    permission: 'queues:write',
    params: letterParams,
    responses: { 204: undefined },
    handle: async (tenant, { params, requestId }) => {
      const found = await find(deps, tenant, params);
      await act(deps, tenant, 'queue.discard', { ...found, requestId });
      return { status: 204 };
    },
  });
}

interface Found {
  readonly queue: ShownQueue;
  readonly letters: DeadLetterQueue;
  readonly letter: DeadLetter;
}

async function find(
  deps: QueueDeps,
  tenant: TenantContext,
  params: { readonly topic: string; readonly group: string; readonly id: string },
): Promise<Found> {
  const queue = findQueue(deps, params);
  const letters = deps.bus.deadLetters(queue.topic, queue.group);
  return { queue, letters, letter: await findLetter(letters, tenant, params.id) };
}

/** Puts the decision on record and carries it out. @throws Problem `not_found` when somebody else was quicker */
async function act(
  deps: QueueDeps,
  tenant: TenantContext,
  decision: Decision,
  what: Found & { readonly requestId: string },
): Promise<void> {
  const holds = await decide(deps, tenant, decision, what);
  const isDone = await carryOut(what.letters, tenant, holds, what.letter.id);
  if (!isDone || holds !== decision) throw gone(what.letter);
}

/** Somebody else was quicker. */
function gone({ id }: DeadLetter) {
  return notFound('dead letter', id);
}
