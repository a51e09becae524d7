import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { DeadLetter, DeadLetterQueue } from '@tocsin/bus/event-bus.ts';
import { notFound } from '@tocsin/http/path-id.ts';
import Type from 'typebox';
import type { QueueDeps, ShownQueue } from './queue-deps.ts';

const name = Type.String({ maxLength: 100 });

/** The path of one queue, and of one of its dead letters. */
export const queueParams = Type.Object({ topic: name, group: name });
export const letterParams = Type.Object({
  topic: name,
  group: name,
  id: Type.String({ maxLength: 200 }),
});

/** Most letters looked through at once for one of them. */
const PAGE = 1000;

/** @throws Problem `not_found` for a queue that is not shown */
export function findQueue(
  { queues }: QueueDeps,
  params: { readonly topic: string; readonly group: string },
): ShownQueue {
  const found = queues.find(({ topic, group }) => topic === params.topic && group === params.group);
  if (found === undefined) throw notFound('queue', `${params.topic}/${params.group}`);
  return found;
}

/** @throws Problem `not_found`, also for another tenant's letter */
export async function findLetter(
  letters: DeadLetterQueue,
  tenant: TenantContext,
  id: string,
): Promise<DeadLetter> {
  let after: string | undefined;
  for (;;) {
    const page = await letters.list(tenant.tenantId, PAGE, after);
    const found = page.find((letter) => letter.id === id);
    if (found !== undefined) return found;
    after = page.at(-1)?.id;
    if (after === undefined || page.length < PAGE) throw notFound('dead letter', id);
  }
}
