import type { Readable } from 'node:stream';
import type { Principal } from '@tocsin/auth/principal.ts';
import type { Permission } from '@tocsin/auth/role.ts';
import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { Static, TSchema } from 'typebox';
import type { IngestMeter } from './rate-pass.ts';
import type { Route, RouteReply, RouteShape } from './route.ts';

/** What the handler of a raw route gets: the body as bytes, as they came. */
export interface RawRequest<Query> {
  readonly query: Query;
  /** Lower-case header names. UNTRUSTED. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** UNTRUSTED: as received, still in its content encoding; empty when there was none. */
  readonly body: Buffer;
  /** `content-encoding` in lower case; `''` when absent or `identity`. UNTRUSTED: may be unknown or a list. */
  readonly contentEncoding: string;
  /** Media type in lower case without parameters; `''` when absent. UNTRUSTED. */
  readonly contentType: string;
  readonly requestId: string;
  readonly traceparent: string;
  readonly principal: Principal;
  /** Told what the body held, as soon as that is known: the quotas of the tenant are paid with it. */
  readonly meter: IngestMeter;
}

/** A tenant route that reads its body itself, for ingest: nothing is parsed, as little as possible is done. */
export interface RawTenantRoute<Query extends TSchema>
  extends Omit<RouteShape<TSchema, Query, TSchema>, 'params' | 'body'> {
  readonly scope: 'tenant';
  readonly kind: 'raw';
  readonly permission: Permission;
  /** Largest body as received, in bytes; more is answered by 413. */
  readonly bodyBytesMax: number;
  /** Schema of one decoded body, for OpenAPI only. */
  readonly documentedBody?: TSchema;
  readonly handle: (
    tenant: TenantContext,
    request: RawRequest<Static<Query>>,
  ) => Promise<RouteReply>;
}

/** What the handler of a streaming route gets: the body not yet read. */
export interface StreamRequest {
  readonly method: string;
  /** Path and query as received. UNTRUSTED. */
  readonly url: string;
  /** Lower-case header names. UNTRUSTED. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /**
   * UNTRUSTED: not read, not limited beyond a stated `content-length`; count what you pass on. Do not destroy it: what
   * the handler leaves is read and dropped after the answer, so that the connection can be used again.
   */
  readonly body: Readable;
  readonly requestId: string;
  readonly traceparent: string;
  readonly principal: Principal;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/** A tenant route whose body is passed on without being held, for a gateway. */
export interface StreamTenantRoute extends Omit<RouteShape<TSchema, TSchema, TSchema>, 'body'> {
  readonly scope: 'tenant';
  readonly kind: 'stream';
  readonly permission: Permission;
  /** Largest stated `content-length`, in bytes; more is answered by 413. */
  readonly bodyBytesMax: number;
  readonly documentedBody?: TSchema;
  /** The reply's body may be a stream of bytes; its headers are passed as they are. */
  readonly handle: (tenant: TenantContext, request: StreamRequest) => Promise<RouteReply>;
}

/** Keeps the types of a raw route's query for its handler. */
export function rawTenantRoute<Query extends TSchema>(
  route: Omit<RawTenantRoute<Query>, 'scope' | 'kind'>,
): Route {
  return { ...route, scope: 'tenant', kind: 'raw' } as unknown as Route;
}

/** Makes a streaming route. */
export function streamTenantRoute(route: Omit<StreamTenantRoute, 'scope' | 'kind'>): Route {
  return { ...route, scope: 'tenant', kind: 'stream' };
}

/**
 * The same operation as a raw route, but forwarded: what a gateway mounts for a service behind it,
 * so that both document and guard it alike.
 */
export function forwardedRoute(
  route: Route,
  forward: (tenant: TenantContext, request: StreamRequest) => Promise<RouteReply>,
): Route {
  if (!('kind' in route) || route.kind !== 'raw') return route;
  const { handle: _own, kind: _kind, ...shape } = route;
  return { ...shape, kind: 'stream', handle: forward };
}
