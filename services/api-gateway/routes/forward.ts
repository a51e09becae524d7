import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { StreamRequest } from '@tocsin/http/raw-route.ts';
import { streamTenantRoute } from '@tocsin/http/raw-route.ts';
import type { Route, RouteReply } from '@tocsin/http/route.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { FairSlots } from '@tocsin/limits/fair-slots.ts';
import type { Dispatcher } from 'undici';
import type { InFlightBytes } from '../domain/in-flight.ts';

/** What forwarding needs. */
export interface ForwardDeps {
  /** Connections to the process that accepts events. */
  readonly data: Dispatcher;
  readonly inFlight: InFlightBytes;
  /** Requests to the data process at once: a tenant with slow senders leaves some to the others. */
  readonly slots: FairSlots;
}

/** Headers that go along; everything else stays here. The token goes too: data checks it again by itself. */
const REQUEST_HEADERS = [
  'authorization',
  'content-encoding',
  'content-length',
  'content-type',
  'idempotency-key',
  'x-api-key',
  'x-tenant-id',
] as const;
const REPLY_HEADERS = [
  'content-type',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'www-authenticate',
] as const;

/** What a forwarded route is, without its handler. */
export type ForwardedRoute = Pick<
  Extract<Route, { kind: 'stream' }>,
  | 'method'
  | 'path'
  | 'operationId'
  | 'summary'
  | 'tags'
  | 'permission'
  | 'responses'
  | 'bodyBytesMax'
>;

/** A route whose body is streamed to the data process and whose answer comes from there: never parsed or held here. */
export function forwardRoute(deps: ForwardDeps, route: ForwardedRoute): Route {
  return streamTenantRoute({
    ...route,
    limitedBy: 'behind',
    handle: (tenant, request) => forward(deps, tenant.tenantId, request, route.bodyBytesMax),
  });
}

async function forward(
  deps: ForwardDeps,
  tenantId: TenantId,
  request: StreamRequest,
  bodyBytesMax: number,
): Promise<RouteReply> {
  const size = { bytes: 0, bytesMax: bodyBytesMax, whole: false };
  const release = deps.inFlight.take(tenantId, bytesExpected(request, bodyBytesMax));
  const releaseSlot = await deps.slots.take(tenantId);
  try {
    const answer = await deps.data.request({
      method: request.method as Dispatcher.HttpMethod,
      path: request.url,
      origin: 'http://data',
      headers: {
        ...pick(request.headers),
        'x-request-id': request.requestId,
        traceparent: request.traceparent,
      },
      body: request.method === 'GET' ? null : bodyOf(request, size),
      signal: request.signal,
    });
    // Answers of ingest are small; held, so that the room is given back when all is done.
    const body = Buffer.from(await answer.body.arrayBuffer());
    return { status: answer.statusCode, headers: replyHeaders(answer.headers), body };
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    if (size.bytes > size.bytesMax) {
      throw new Problem('body_too_large', {
        detail: `the body is larger than ${size.bytesMax} bytes: send smaller batches`,
        cause,
      });
    }
    // Data had all of it and did not answer: it may be durable. Saying 503 would be a promise that nothing was taken.
    if (size.whole) {
      throw new Problem('outcome_unknown', {
        detail:
          'the events may have been accepted: send them again, with an Idempotency-Key if they must not be there twice',
        retryAfterSeconds: 1,
        cause,
      });
    }
    throw new Problem('unavailable', {
      detail: 'events cannot be accepted now: send them again',
      retryAfterSeconds: 1,
      cause,
    });
  } finally {
    releaseSlot();
    release();
  }
}

/** Most bytes a body can have: what it states, all that is allowed when it does not, none where there is none. */
function bytesExpected({ method, headers }: StreamRequest, bodyBytesMax: number): number {
  if (method === 'GET') return 0;
  const stated = Number(headers['content-length']);
  return Number.isFinite(stated) ? stated : bodyBytesMax;
}

interface CountedSize {
  bytes: number;
  readonly bytesMax: number;
  /** True once all of the body was handed on. */
  whole: boolean;
}

/** The body as an iterator that ends, as a fault, past the limit: a chunked body does not state its size. */
function bodyOf(request: StreamRequest, size: CountedSize): Readable {
  // SAFETY: undici takes any async iterable as a body; its type names streams only.
  return counted(request, size) as unknown as Readable;
}

/**
 * Not the stream itself: that would be destroyed when the data process is away, and with it the client's connection
 * could not be used for the next request.
 */
async function* counted(
  { body, headers }: StreamRequest,
  size: CountedSize,
): AsyncGenerator<Buffer> {
  const stated = Number(headers['content-length']);
  for await (const chunk of body.iterator({ destroyOnReturn: false })) {
    size.bytes += chunk.length;
    if (size.bytes > size.bytesMax) throw new Problem('body_too_large');
    // Data may answer, or end, before this is asked for more.
    size.whole = size.bytes === stated;
    yield chunk;
  }
  size.whole = true;
}

function pick(headers: StreamRequest['headers']): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of REQUEST_HEADERS) {
    const value = headers[name];
    if (typeof value === 'string') picked[name] = value;
  }
  return picked;
}

function replyHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of REPLY_HEADERS) {
    const value = headers[name];
    if (typeof value === 'string') picked[name] = value;
  }
  return picked;
}
