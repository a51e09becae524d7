import type { Principal } from '@tocsin/auth/principal.ts';
import type { Permission } from '@tocsin/auth/role.ts';
import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { Static, TSchema } from 'typebox';
import type { RateClass } from './rate-gate.ts';
import type { RawTenantRoute, StreamTenantRoute } from './raw-route.ts';

/** How a route is tied to a tenant. Every route states one; the server does not start otherwise (design 6). */
export type TenantScope =
  /** Works on the caller's tenant: the handler gets a {@link TenantContext}. */
  | 'tenant'
  /** Works on tenants themselves: `X-Tenant-ID` is ignored, the handler gets the principal. */
  | 'platform'
  /** Open to anyone, gives nothing of any tenant: health, metrics, keys. Permission must be `none`. */
  | 'public';

/** What a handler gets. Every part has passed its schema. */
export interface RouteRequest<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Lower-case header names. UNTRUSTED. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly requestId: string;
  readonly traceparent: string;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  readonly principal: Principal | undefined;
}

/** What a handler answers. */
export interface RouteReply {
  readonly status: number;
  /** Printed as JSON; a Buffer or stream is sent as it is, a string too when `headers` name its `content-type`. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What every kind of route states about itself; OpenAPI is printed from it. */
export interface RouteShape<Params extends TSchema, Query extends TSchema, Body extends TSchema> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `{name}` for parameters, as in OpenAPI. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  /** Which limits count its requests. Default: `none` for public routes, `ingest` for raw ones, else `api`. */
  readonly limitedBy?: RateClass;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** The body is a form (`application/x-www-form-urlencoded`), each member at most once, and not JSON. */
  readonly bodyForm?: true;
  /** Media type of successes that are no JSON: text, lines, streams. */
  readonly mediaType?: string;
  /** Schema of the body per success status; problems are added to every route. */
  readonly responses: Readonly<Record<number, TSchema | undefined>>;
}

type In<Params extends TSchema, Query extends TSchema, Body extends TSchema> = RouteRequest<
  Static<Params>,
  Static<Query>,
  Static<Body>
>;

/** A route on one tenant's data. */
export interface TenantRoute<P extends TSchema, Q extends TSchema, B extends TSchema>
  extends RouteShape<P, Q, B> {
  readonly scope: 'tenant';
  readonly permission: Permission;
  readonly handle: (tenant: TenantContext, request: In<P, Q, B>) => Promise<RouteReply>;
}

/** A route on tenants themselves. */
export interface PlatformRoute<P extends TSchema, Q extends TSchema, B extends TSchema>
  extends RouteShape<P, Q, B> {
  readonly scope: 'platform';
  readonly permission: Permission;
  readonly handle: (principal: Principal, request: In<P, Q, B>) => Promise<RouteReply>;
}

/** A route that needs no token and tells nothing of any tenant. */
export interface PublicRoute<P extends TSchema, Q extends TSchema, B extends TSchema>
  extends RouteShape<P, Q, B> {
  readonly scope: 'public';
  readonly permission: 'none';
  readonly handle: (request: In<P, Q, B>) => Promise<RouteReply>;
}

/** A route whatever its schemas are: what the server registers and OpenAPI is printed from. */
export type Route =
  | TenantRoute<TSchema, TSchema, TSchema>
  | PlatformRoute<TSchema, TSchema, TSchema>
  | PublicRoute<TSchema, TSchema, TSchema>
  | RawTenantRoute<TSchema>
  | StreamTenantRoute;

/** Keeps the types of a tenant route's schemas for its handler. */
export function tenantRoute<P extends TSchema, Q extends TSchema, B extends TSchema>(
  route: Omit<TenantRoute<P, Q, B>, 'scope'>,
): Route {
  return { ...route, scope: 'tenant' } as unknown as Route;
}

/** Keeps the types of a platform route's schemas for its handler. */
export function platformRoute<P extends TSchema, Q extends TSchema, B extends TSchema>(
  route: Omit<PlatformRoute<P, Q, B>, 'scope'>,
): Route {
  return { ...route, scope: 'platform' } as unknown as Route;
}

/** Keeps the types of a public route's schemas for its handler. */
export function publicRoute<P extends TSchema, Q extends TSchema, B extends TSchema>(
  route: Omit<PublicRoute<P, Q, B>, 'scope' | 'permission'>,
): Route {
  return { ...route, scope: 'public', permission: 'none' } as unknown as Route;
}
