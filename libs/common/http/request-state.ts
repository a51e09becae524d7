import type { Admission } from '@tocsin/auth/authenticate.ts';
import type { Random } from '@tocsin/kernel/random.ts';
import { parseTraceparent, startTraceparent } from '@tocsin/telemetry/trace.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RatePass } from './rate-pass.ts';
import type { Route, RouteRequest } from './route.ts';

/** What the server notes on each Fastify request. */
export interface RequestState {
  readonly startedAt: number;
  readonly traceparent: string;
  /** Who was let in; set once the request passed the door. */
  admission: Admission | undefined;
  route: Route | undefined;
  /** What quotas say of it; set at the door where the server has limits. */
  rate: RatePass | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set for every request before any of our code runs. */
    tocsin: RequestState;
  }
}

/** The state of a request that has just arrived. */
export function openState(request: FastifyRequest, now: number, random: Random): RequestState {
  const given = parseTraceparent(request.headers['traceparent']);
  return {
    startedAt: now,
    traceparent: given ?? startTraceparent(random),
    admission: undefined,
    route: undefined,
    rate: undefined,
  };
}

/** What a handler gets. The signal is made when first asked for: most handlers never do. */
export class HandlerRequest implements RouteRequest<unknown, unknown, unknown> {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly headers: FastifyRequest['headers'];
  readonly requestId: string;
  readonly traceparent: string;
  readonly principal: RouteRequest<unknown, unknown, unknown>['principal'];
  readonly #reply: FastifyReply;
  #signal: AbortSignal | undefined;

  constructor(request: FastifyRequest, reply: FastifyReply, query: unknown, body: unknown) {
    this.params = request.params;
    this.query = query;
    this.body = body;
    this.headers = request.headers;
    this.requestId = request.id;
    this.traceparent = request.tocsin.traceparent;
    this.principal = request.tocsin.admission?.principal;
    this.#reply = reply;
  }

  get signal(): AbortSignal {
    this.#signal ??= abortWhenGone(this.#reply);
    return this.#signal;
  }
}

/** A signal that fires when the connection closes before the answer is complete. */
export function abortWhenGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  const { raw } = reply;
  const closed = (): void => {
    if (!raw.writableFinished) controller.abort();
  };
  // Whoever asks late, after some work, asks about a connection that may be closed already.
  if (raw.closed) closed();
  else raw.once('close', closed);
  return controller.signal;
}
