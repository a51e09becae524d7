import { assert } from '@tocsin/kernel/assert.ts';
import { parseJsonBytes } from '@tocsin/kernel/json.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type, { type TSchema } from 'typebox';
import { requireExactIntegers } from './exact-numbers.ts';
import { NO_METER } from './rate-pass.ts';
import type { RawTenantRoute, StreamTenantRoute } from './raw-route.ts';
import { abortWhenGone, HandlerRequest } from './request-state.ts';
import type { Route, RouteReply } from './route.ts';
import { type Check, compileCheck } from './validator.ts';

/** Runs a route for a request that was let in. May throw at once or reject. */
export type Run = (request: FastifyRequest, reply: FastifyReply) => Promise<RouteReply>;

/** Compiles a route's schemas and gives what runs it. */
export function routeRunner(route: Route): Run {
  if ('kind' in route) return route.kind === 'raw' ? rawRunner(route) : streamRunner(route);
  const params = checkOf(route.params, 'path');
  const query = checkOf(route.query, 'query');
  const body = bodyReader(route);
  return (request, reply) => {
    params(request.params);
    const input = new HandlerRequest(request, reply, query(request.query), body(request));
    // SAFETY: the parts have just passed the schemas that type the handler's parameters.
    const typed = input as never;
    if (route.scope === 'public') return route.handle(typed);
    if (route.scope === 'tenant') return route.handle(tenantOf(request), typed);
    const principal = request.tocsin.admission?.principal;
    assert(principal !== undefined, 'a platform route has a principal');
    return route.handle(principal, typed);
  };
}

function rawRunner(route: RawTenantRoute<TSchema>): Run {
  const query = checkOf(route.query, 'query');
  return (request) => {
    const { admission, traceparent, rate } = request.tocsin;
    const { headers } = request;
    assert(admission?.principal !== undefined, 'a tenant route has a principal');
    const body = Buffer.isBuffer(request.body) ? request.body : EMPTY;
    // A body whose length was not stated could not be paid at the door.
    if (headers['content-length'] === undefined) rate?.pay('ingest_bytes', body.length);
    return route.handle(tenantOf(request), {
      query: query(request.query) as never,
      headers,
      body,
      contentEncoding: encodingOf(headers['content-encoding']),
      contentType: mediaTypeOf(headers['content-type']),
      requestId: request.id,
      traceparent,
      principal: admission.principal,
      meter: rate ?? NO_METER,
    });
  };
}

function streamRunner(route: StreamTenantRoute): Run {
  return (request, reply) => {
    const { admission, traceparent } = request.tocsin;
    assert(admission?.principal !== undefined, 'a tenant route has a principal');
    const stated = Number(request.headers['content-length'] ?? 0);
    if (stated > DROPPED_BYTES_MAX) reply.header('connection', 'close');
    else readToTheEnd(request, reply);
    if (stated > route.bodyBytesMax) {
      throw new Problem('body_too_large', {
        detail: `the body is larger than ${route.bodyBytesMax} bytes`,
      });
    }
    return route.handle(tenantOf(request), {
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: request.raw,
      requestId: request.id,
      traceparent,
      principal: admission.principal,
      signal: abortWhenGone(reply),
    });
  };
}

/** Past it a refused body is not read: the connection is closed, and the client may not see why. */
const DROPPED_BYTES_MAX = 64 * 1024 * 1024;

/**
 * What is left of a body when its answer is complete is read and dropped: else the next request on the same connection
 * would wait behind it until it times out. Node does so for bodies that nobody began to read, and for no others.
 */
function readToTheEnd(request: FastifyRequest, reply: FastifyReply): void {
  reply.raw.once('finish', () => request.raw.resume());
}

const EMPTY = Buffer.alloc(0);

function tenantOf(request: FastifyRequest) {
  const tenant = request.tocsin.admission?.tenant;
  assert(tenant !== undefined, 'a tenant route has a tenant');
  return tenant;
}

function checkOf(schema: TSchema | undefined, place: 'query' | 'path'): Check {
  return schema === undefined ? (value) => value : compileCheck(schema, place);
}

/** Reads a JSON body, whatever its content type says; compressed bodies are for raw routes only. */
function bodyReader(route: Route): (request: FastifyRequest) => unknown {
  if (!('body' in route) || route.body === undefined) return () => undefined;
  const optional = Type.IsOptional(route.body);
  const check = compileCheck(route.body, 'body');
  return (request) => {
    const encoding = encodingOf(request.headers['content-encoding']);
    if (encoding !== '') {
      throw new Problem('unsupported_encoding', {
        detail: 'send this body without Content-Encoding',
      });
    }
    const bytes = request.body;
    if (!Buffer.isBuffer(bytes) || bytes.length === 0) {
      if (optional) return undefined;
      throw new Problem('malformed_json', {
        detail: 'the body is empty; a JSON value is expected',
      });
    }
    if (route.bodyForm === true) return check(readForm(bytes));
    const body = parseJsonBytes(bytes);
    requireExactIntegers(bytes);
    return check(body);
  };
}

/** UNTRUSTED bytes as a flat object; a member that comes twice says two things. */
function readForm(bytes: Buffer): object {
  const members = [...new URLSearchParams(bytes.toString('utf8'))];
  const form = new Map(members);
  if (form.size === members.length) return Object.fromEntries(form);
  throw new Problem('invalid_request', { detail: 'the form has a member twice' });
}

function encodingOf(header: string | undefined): string {
  if (header === undefined) return '';
  const name = header.trim().toLowerCase();
  return name === 'identity' ? '' : name;
}

function mediaTypeOf(header: string | undefined): string {
  if (header === undefined) return '';
  const end = header.indexOf(';');
  return (end < 0 ? header : header.slice(0, end)).trim().toLowerCase();
}
