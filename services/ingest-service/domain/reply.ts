import type { RouteReply } from '@tocsin/http/route.ts';
import { deriveEventIds } from '@tocsin/kernel/derived-id.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import Type from 'typebox';
import { REFUSALS_LISTED_MAX } from './limits.ts';
import type { ReadItems } from './read-events.ts';
import type { ReceiptPart } from './receipt.ts';

const Refused = Type.Object({
  index: Type.Integer({ description: 'Place of the item in the request, from 0' }),
  status: Type.Integer(),
  code: Type.String(),
  detail: Type.String(),
  pointer: Type.Optional(Type.String()),
});

/** What a sender gets once its items are durable. */
export const IngestReply = Type.Object(
  {
    status: Type.Enum(['accepted', 'partial']),
    accepted: Type.Integer(),
    refused: Type.Integer(),
    receipt: Type.String({ description: 'Ask /v1/ingest/receipts/{id} what became of the items' }),
    event_id: Type.Optional(Type.String({ description: 'Of a single event' })),
    refusals: Type.Optional(Type.Array(Refused, { maxItems: REFUSALS_LISTED_MAX })),
  },
  { title: 'Ingest reply' },
);

/** The 202 of a request whose items are durable, naming each refused item. */
export function ingestReply(
  tenantId: TenantId,
  read: ReadItems,
  parts: readonly ReceiptPart[],
  receipt: string,
): RouteReply {
  const refused = read.refusals.length;
  const body: Record<string, unknown> = {
    status: refused === 0 ? 'accepted' : 'partial',
    accepted: read.count,
    refused,
    receipt,
  };
  if (read.single) body['event_id'] = eventIdOf(tenantId, read, parts);
  if (refused > 0) body['refusals'] = read.refusals.slice(0, REFUSALS_LISTED_MAX).map(describe);
  return { status: 202, body };
}

/** The id of a single event: the client's own, else the one derived from its place (design 3.2). */
function eventIdOf(
  tenantId: TenantId,
  { eventId }: ReadItems,
  [part]: readonly ReceiptPart[],
): string | undefined {
  if (eventId !== '') return eventId.toLowerCase();
  return part && deriveEventIds(tenantId, part.frameId)(part.first);
}

function describe({ index, problem }: ReadItems['refusals'][number]): object {
  const pointer = problem.errors[0]?.pointer;
  const detail = problem.detail ?? problem.title;
  return {
    index,
    status: problem.status,
    code: problem.code,
    detail,
    ...(pointer ? { pointer } : {}),
  };
}
