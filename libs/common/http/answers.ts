import { Readable } from 'node:stream';
import type { Clock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { asProblem } from './as-problem.ts';
import { PROBLEM_MEDIA_TYPE, problemDocument } from './problem-document.ts';
import { CLIENT_GONE, type RequestWatch } from './request-watch.ts';
import type { Route, RouteReply } from './route.ts';
import type { Run } from './route-handler.ts';
import { allowedMethods } from './route-table.ts';
import { SECURITY_HEADERS, TRANSPORT_SECURITY } from './security-headers.ts';

/** Sends what routes answer, and problems, each watched. */
export class Answers {
  readonly #watch: RequestWatch;
  readonly #now: () => number;
  readonly #allowed: (path: string) => string[];

  constructor(watch: RequestWatch, clock: Clock, routes: readonly Route[]) {
    this.#watch = watch;
    this.#now = () => clock.monotonic();
    this.#allowed = allowedMethods(routes);
  }

  run(run: Run, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    run(request, reply)
      .then((result) => this.#send(result, request, reply))
      .catch((error: unknown) => {
        if (reply.raw.destroyed) this.#gone(request, reply);
        else this.problem(error, request, reply);
      });
    return reply;
  }

  problem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const problem = asProblem(error);
    this.#note(request, problem.status, problem, error);
    const document = problemDocument(problem, request.id, pathOf(request));
    void reply
      .code(problem.status)
      .headers({ ...baseHeaders(request), ...problemHeaders(problem, request) })
      .type(PROBLEM_MEDIA_TYPE)
      .send(JSON.stringify(document));
  }

  unknownPath(request: FastifyRequest, reply: FastifyReply): void {
    const allowed = this.#allowed(pathOf(request));
    if (allowed.length === 0) {
      this.problem(new Problem('not_found', { detail: 'there is no such path' }), request, reply);
      return;
    }
    void reply.header('allow', allowed.join(', '));
    const detail = `the path has ${allowed.join(', ')}, not ${request.method}`;
    this.problem(new Problem('method_not_allowed', { detail }), request, reply);
  }

  /** The client left before its answer: nobody to tell, and what failed because of that is no fault of ours. */
  #gone(request: FastifyRequest, reply: FastifyReply): void {
    this.#note(request, CLIENT_GONE);
    void reply.hijack();
  }

  #send(result: RouteReply, request: FastifyRequest, reply: FastifyReply): void {
    // Printed first: what cannot be printed must become a problem, not half an answer.
    const asIs = result.body === undefined || isBytes(result);
    const body = asIs ? result.body : JSON.stringify(result.body);
    this.#note(request, result.status);
    void reply.code(result.status).headers(baseHeaders(request));
    if (!asIs) void reply.type('application/json; charset=utf-8');
    if (result.headers !== undefined) void reply.headers(result.headers);
    void reply.send(body);
  }

  #note(request: FastifyRequest, status: number, problem?: Problem, error?: unknown): void {
    const { route, admission, startedAt, traceparent } = request.tocsin;
    this.#watch.answered({
      operationId: route?.operationId ?? 'none',
      quiet: route === undefined || route.scope === 'public' || 'kind' in route,
      status,
      seconds: (this.#now() - startedAt) / 1000,
      requestId: request.id,
      traceparent,
      tenantId: admission?.principal?.tenantId,
      ...(problem === undefined ? {} : { problemCode: problem.code }),
      ...(status >= 500 ? { error } : {}),
    });
  }
}

/** Bodies that are sent as they are: streams and bytes always, text when its media type is stated. */
function isBytes({ body, headers }: RouteReply): boolean {
  if (body instanceof Readable || Buffer.isBuffer(body)) return true;
  return typeof body === 'string' && headers?.['content-type'] !== undefined;
}

/** Headers of every answer. */
export function baseHeaders(request: FastifyRequest): Record<string, string> {
  return {
    ...SECURITY_HEADERS,
    ...(request.protocol === 'https' ? { 'strict-transport-security': TRANSPORT_SECURITY } : {}),
    'x-request-id': request.id,
    ...request.tocsin.rate?.headers(),
  };
}

function problemHeaders(problem: Problem, request: FastifyRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  if (problem.retryAfterSeconds !== undefined) {
    headers['retry-after'] = String(Math.max(1, Math.ceil(problem.retryAfterSeconds)));
  }
  if (problem.status === 401) {
    // RFC 6750 section 3.1: no error code when no credential was sent.
    const sent = request.headers.authorization !== undefined;
    headers['www-authenticate'] = `Bearer realm="tocsin"${sent ? ', error="invalid_token"' : ''}`;
  }
  return headers;
}

function pathOf(request: FastifyRequest): string {
  const end = request.url.indexOf('?');
  return end < 0 ? request.url : request.url.slice(0, end);
}
