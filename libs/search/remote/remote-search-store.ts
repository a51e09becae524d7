import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import type { Clock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { Pool } from 'undici';
import { checkedDocuments } from '../checked-documents.ts';
import type {
  AggregateBucket,
  AggregateRequest,
  Collection,
  HistogramBar,
  HistogramRequest,
  SearchPage,
  SearchRequest,
  SearchStore,
  SearchStoreCapabilities,
} from '../search-store.ts';
import {
  ACTOR_HEADER,
  DEADLINE_MS_DEFAULT,
  readProblem,
  SEARCH_PATH,
  type SearchCall,
  TENANT_HEADER,
} from './search-wire.ts';

/** How the process that has the store is reached. */
export interface RemoteSearchOptions {
  /** Unix socket of a server with the search handler. */
  readonly socketPath: string;
  readonly credential: string;
  readonly clock: Clock;
  /** What the store behind it holds; default: events. */
  readonly collections?: readonly Collection[];
}

/** Connections kept at most: more searches than that are not let run at once anyway. */
const CONNECTIONS_MAX = 8;
/** How long after the deadline an answer is still waited for, milliseconds: the other side answers it first. */
const DEADLINE_GRACE_MS = 2500;

/**
 * The reading methods of a `SearchStore` in another process of the same machine, over a unix socket.
 * Problems arrive as they were thrown there; a process that is not there is Problem `unavailable`.
 * Writing is a bug of the caller: only the process that has the store writes.
 */
export class RemoteSearchStore implements SearchStore {
  readonly capabilities: SearchStoreCapabilities;
  readonly #pool: Pool;
  readonly #options: RemoteSearchOptions;

  constructor(options: RemoteSearchOptions) {
    this.#options = options;
    this.capabilities = {
      durable: 'none',
      collections: options.collections ?? ['events'],
      readOnly: true,
    };
    this.#pool = new Pool('http://search.internal', {
      socketPath: options.socketPath,
      connections: CONNECTIONS_MAX,
      // Deadlines are kept below, by the clock.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  async search(tenant: TenantContext, request: SearchRequest): Promise<SearchPage> {
    const page = (await this.#call(tenant, 'search', request)) as SearchPage;
    checkedDocuments(tenant, page.items);
    return { items: page.items, nextCursor: page.nextCursor };
  }

  async histogram(
    tenant: TenantContext,
    request: HistogramRequest,
  ): Promise<readonly HistogramBar[]> {
    return (await this.#call(tenant, 'histogram', request)) as readonly HistogramBar[];
  }

  async aggregate(
    tenant: TenantContext,
    request: AggregateRequest,
  ): Promise<readonly AggregateBucket[]> {
    return (await this.#call(tenant, 'aggregate', request)) as readonly AggregateBucket[];
  }

  async append(): Promise<void> {
    return notHere();
  }

  async put(): Promise<void> {
    return notHere();
  }

  async flush(): Promise<void> {
    return notHere();
  }

  async applied(): Promise<number> {
    return notHere();
  }

  async expire(): Promise<number> {
    return notHere();
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #call(
    tenant: TenantContext,
    call: SearchCall,
    request: SearchRequest | HistogramRequest | AggregateRequest,
  ): Promise<unknown> {
    const { clock, credential } = this.#options;
    const abort = new AbortController();
    const waitMs = (request.deadlineMs ?? DEADLINE_MS_DEFAULT) + DEADLINE_GRACE_MS;
    const cancel = clock.after(waitMs, () => abort.abort());
    try {
      const { statusCode, body } = await this.#pool.request({
        method: 'POST',
        path: `${SEARCH_PATH}${call}`,
        headers: {
          authorization: `Bearer ${credential}`,
          'content-type': 'application/json',
          [TENANT_HEADER]: tenant.tenantId,
          [ACTOR_HEADER]: encodeURIComponent(tenant.actor),
        },
        body: JSON.stringify(request),
        signal: abort.signal,
      });
      const answer = await body.json();
      if (statusCode === 200) return answer;
      throw readProblem(answer);
    } catch (error) {
      throw outsideProblem(error, abort.signal);
    } finally {
      cancel();
    }
  }
}

function outsideProblem(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof Problem) return error;
  if (signal.aborted) return new Problem('deadline_exceeded', { cause: error });
  return new Problem('unavailable', {
    detail: 'the event store cannot be reached; it may be starting',
    retryAfterSeconds: 1,
    cause: error,
  });
}

function notHere(): never {
  assert(false, 'only the process that has the store writes to it');
}
