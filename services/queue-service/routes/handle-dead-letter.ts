import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { DeadLetter, DeadLetterQueue } from '@tocsin/bus/event-bus.ts';
import { writeAudit } from '@tocsin/database/audit.ts';
import { notFound } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import Type from 'typebox';
import { parkedSummary } from '../domain/dead-letter.ts';
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
      const { queue, letters, letter } = await find(deps, tenant, params);
      await record(deps, tenant, 'queue.redrive', { queue, letter, requestId });
      if (!(await letters.redrive(tenant.tenantId, letter.id))) throw gone(letter);
      return { status: 202, body: { id: letter.id, status: 'published' } };
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
      const { queue, letters, letter } = await find(deps, tenant, params);
      await record(deps, tenant, 'queue.discard', { queue, letter, requestId });
      if (!(await letters.discard(tenant.tenantId, letter.id))) throw gone(letter);
      return { status: 204 };
    },
  });
}

async function find(
  deps: QueueDeps,
  tenant: TenantContext,
  params: { readonly topic: string; readonly group: string; readonly id: string },
): Promise<{ queue: ShownQueue; letters: DeadLetterQueue; letter: DeadLetter }> {
  const queue = findQueue(deps, params);
  const letters = deps.bus.deadLetters(queue.topic, queue.group);
  return { queue, letters, letter: await findLetter(letters, tenant, params.id) };
}

/**
 * Written before the bus is told: both cannot be one transaction, and a record of what then fails is better than a
 * change without one.
 */
async function record(
  { database }: QueueDeps,
  tenant: TenantContext,
  action: 'queue.redrive' | 'queue.discard',
  what: {
    readonly queue: ShownQueue;
    readonly letter: DeadLetter;
    readonly requestId: string;
  },
): Promise<void> {
  await database.inTenant(tenant, (tx) =>
    writeAudit(tx, tenant, {
      action,
      objectType: 'dead_letter',
      objectId: what.letter.id,
      before: parkedSummary(what.queue, what.letter),
      after: null,
      requestId: what.requestId,
    }),
  );
}

/** Somebody else was quicker. */
function gone({ id }: DeadLetter) {
  return notFound('dead letter', id);
}
