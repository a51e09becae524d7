import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { delegatedContext, type TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { Clock } from '@tocsin/kernel/clock.ts';
import { isProblem, Problem } from '@tocsin/kernel/problem.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import type {
  AggregateRequest,
  HistogramRequest,
  SearchRequest,
  SearchStore,
} from '../search-store.ts';
import { SearchSlots } from './search-slots.ts';
import {
  ACTOR_HEADER,
  CALL_BYTES_MAX,
  DEADLINE_MS_DEFAULT,
  DEADLINE_MS_MAX,
  SEARCH_CALLS,
  SEARCH_PATH,
  type SearchCall,
  TENANT_HEADER,
  writeProblem,
} from './search-wire.ts';

/** What the handler needs. */
export interface SearchHandlerOptions {
  readonly store: Pick<SearchStore, 'search' | 'histogram' | 'aggregate'>;
  /** The secret of the processes that may ask: at least 32 characters. */
  readonly credential: string;
  readonly clock: Clock;
  /** Told of faults that are nobody's mistake but ours. */
  readonly onFault: (error: unknown) => void;
  /** Default: slots of this handler's own. */
  readonly slots?: SearchSlots;
}

/** Answers a request below {@link SEARCH_PATH}; resolves to false, untouched, for any other path. */
export type SearchHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<boolean>;

/**
 * The answering side of `RemoteSearchStore`, for the process that has the store. Meant for a unix socket of mode 0600.
 * The tenant comes from a header and is believed because the credential says that one of our processes sent it.
 */
export function createSearchHandler(options: SearchHandlerOptions): SearchHandler {
  const slots = options.slots ?? new SearchSlots(options.clock);
  const digest = digestOf(`Bearer ${options.credential}`);
  return async (request, response) => {
    const path = request.url ?? '';
    if (!path.startsWith(SEARCH_PATH)) return false;
    try {
      const { tenant, call } = admit(request, path.slice(SEARCH_PATH.length), digest);
      const body = await readCall(request);
      const free = await slots.take(tenant.tenantId);
      const answer = await withinDeadline(options.clock, body.deadlineMs, free, (deadlineMs) =>
        run(options.store, tenant, call, { ...body, deadlineMs }),
      );
      send(response, 200, answer);
    } catch (error) {
      if (!isProblem(error)) options.onFault(error);
      const problem = isProblem(error) ? error : new Problem('internal', { cause: error });
      send(response, problem.status, writeProblem(problem));
    }
    return true;
  };
}

/** UNTRUSTED until the credential is checked. */
function admit(
  request: IncomingMessage,
  name: string,
  digest: Buffer,
): { tenant: TenantContext; call: SearchCall } {
  const given = digestOf(request.headers.authorization ?? '');
  if (!timingSafeEqual(given, digest)) throw new Problem('unauthenticated');
  const call = SEARCH_CALLS.find((known) => known === name);
  if (call === undefined) throw new Problem('not_found');
  if (request.method !== 'POST') throw new Problem('method_not_allowed');
  const tenantId = parseTenantId(request.headers[TENANT_HEADER]);
  const actor = decodeURIComponent(String(request.headers[ACTOR_HEADER] ?? ''));
  return { tenant: delegatedContext(tenantId, actor), call };
}

type Call = SearchRequest & HistogramRequest & AggregateRequest;

async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > CALL_BYTES_MAX) throw new Problem('body_too_large');
    chunks.push(chunk);
  }
  // The peer is one of our processes and made this from its own types; the store checks the numbers again.
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Call;
}

function run(
  store: SearchHandlerOptions['store'],
  tenant: TenantContext,
  call: SearchCall,
  request: Call,
): Promise<unknown> {
  switch (call) {
    case 'search':
      return store.search(tenant, request);
    case 'histogram':
      return store.histogram(tenant, request);
    case 'aggregate':
      return store.aggregate(tenant, request);
  }
}

/** Answers at the deadline even when the store does not; the slot stays taken until the store is really done. */
function withinDeadline(
  clock: Clock,
  askedMs: number | undefined,
  free: () => void,
  work: (deadlineMs: number) => Promise<unknown>,
): Promise<unknown> {
  const deadlineMs = Math.min(Math.max(1, askedMs ?? DEADLINE_MS_DEFAULT), DEADLINE_MS_MAX);
  return new Promise((resolve, reject) => {
    const cancel = clock.after(deadlineMs, () => reject(new Problem('deadline_exceeded')));
    const done = (): void => {
      cancel();
      free();
    };
    work(deadlineMs).then(resolve, reject).finally(done);
  });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
