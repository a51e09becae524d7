import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { type Route, type RouteReply, type RouteRequest, tenantRoute } from '@tocsin/http/route.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import Type from 'typebox';
import type { CompatDeps } from '../compat-deps.ts';
import { BATCH_MAX, eventOf, LogRecord } from '../domain/log-record.ts';

const Accepted = Type.Object({ status: Type.String(), event_id: Type.String() });
const BatchAccepted = Type.Object({
  status: Type.String(),
  count: Type.Integer(),
  events: Type.Array(Type.Object({ event_id: Type.String() })),
});

type AnyRequest = Pick<RouteRequest<unknown, unknown, unknown>, 'headers' | 'signal'>;

/** `POST /ingest` and `POST /ingest/batch`: durable before the answer, as `POST /v1/ingest/events` is. */
export function ingestRoutes(deps: CompatDeps): readonly Route[] {
  const shared = { tags: ['compat'], permission: 'events:write', limitedBy: 'ingest' } as const;
  return [
    tenantRoute({
      ...shared,
      method: 'POST',
      path: '/ingest',
      operationId: 'compatIngest',
      summary: 'Accept a log record',
      body: LogRecord,
      responses: { 202: Accepted },
      handle: (tenant, request) =>
        accept(deps, tenant, request, [request.body], ([event_id = '']) => ({
          status: 'accepted',
          event_id,
        })),
    }),
    tenantRoute({
      ...shared,
      method: 'POST',
      path: '/ingest/batch',
      operationId: 'compatIngestBatch',
      summary: 'Accept log records',
      body: Type.Array(LogRecord, { minItems: 1, maxItems: BATCH_MAX }),
      responses: { 202: BatchAccepted },
      handle: (tenant, request) =>
        accept(deps, tenant, request, request.body, (ids) => ({
          status: 'accepted',
          count: ids.length,
          events: ids.map((event_id) => ({ event_id })),
        })),
    }),
  ];
}

/** Hands the records on as canonical events. What the data process refuses is answered as it is. */
async function accept(
  { data, world }: CompatDeps,
  tenant: TenantContext,
  request: AnyRequest,
  records: readonly LogRecord[],
  reply: (eventIds: readonly string[]) => object,
): Promise<RouteReply> {
  const ids = records.map(() => uuidV7(world.clock, world.random));
  const now = world.clock.now();
  const events = records.map((record, index) => eventOf(record, ids[index] ?? '', now));
  const answer = await data.request({
    origin: 'http://data',
    method: 'POST',
    path: '/v1/ingest/events',
    headers: { ...credentialOf(request.headers), 'x-tenant-id': tenant.tenantId },
    body: JSON.stringify(events),
    signal: request.signal,
  });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  const said = answer.statusCode === 202 ? (JSON.parse(bytes.toString()) as Receipt) : undefined;
  if (said?.refused === 0) return { status: 202, body: reply(ids) };
  return {
    status: said === undefined ? answer.statusCode : 422,
    body: bytes,
    headers: { 'content-type': String(answer.headers['content-type'] ?? 'application/json') },
  };
}

interface Receipt {
  readonly refused: number;
}

/** The caller's own credential: the data process checks it again by itself. */
function credentialOf(headers: AnyRequest['headers']): Record<string, string> {
  const names = ['authorization', 'x-api-key'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
