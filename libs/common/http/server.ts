import type { CredentialVerifier } from '@tocsin/auth/credential-verifier.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { Log } from '@tocsin/telemetry/log.ts';
import type { Metrics } from '@tocsin/telemetry/metrics.ts';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Answers, baseHeaders } from './answers.ts';
import { asProblem } from './as-problem.ts';
import { Cors } from './cors.ts';
import { doorOf } from './door.ts';
import { HTTP_LIMITS, type HttpLimits } from './limits.ts';
import { answerBroken, type ListenAddress, Listeners } from './listeners.ts';
import { openapiRoute } from './openapi.ts';
import { PROBLEM_MEDIA_TYPE, problemDocument } from './problem-document.ts';
import type { RateGate } from './rate-gate.ts';
import { requestIdOf } from './request-id.ts';
import { openState, type RequestState } from './request-state.ts';
import { RequestWatch } from './request-watch.ts';
import type { Route } from './route.ts';
import { routeRunner } from './route-handler.ts';
import { checkRouteTable, routerPath } from './route-table.ts';
import type { TlsFiles } from './secure-listener.ts';
import { type TenantDirectory, TenantGate } from './tenant-directory.ts';

/** What a server is built from. */
export interface ServerOptions {
  readonly service: string;
  readonly version: string;
  readonly routes: readonly Route[];
  readonly verifier: CredentialVerifier;
  readonly tenants: TenantDirectory;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly world: World;
  readonly limits?: Partial<HttpLimits>;
  /** Quotas of tenants, keys and addresses; without it nothing is counted, as in a process behind another. */
  readonly rates?: RateGate;
  /** Origins whose pages may call this server from a browser; none by default. */
  readonly corsOrigins?: readonly string[];
  /** Addresses and networks of proxies that are believed when they tell a client's address; none by default. */
  readonly trustedProxies?: readonly string[];
}

/** A server that is built; it serves once it listens. */
export interface HttpServer {
  /** The underlying server: `inject` for tests, `register` before `listen` for what routes cannot express. */
  readonly app: FastifyInstance;
  /** Resolves with the port taken; 0 for a unix socket. */
  listen(address: ListenAddress): Promise<number>;
  /**
   * Listens for TLS too (1.2 and 1.3), and takes new files without dropping connections. Resolves with the port.
   *
   * @throws Problem `invalid_request` when the files cannot be used
   */
  listenSecurely(
    address: { readonly host: string; readonly port: number },
    files: TlsFiles,
  ): Promise<number>;
  /**
   * Stops accepting, lets requests in flight finish, and cuts what is left after `drainMs` (default 10 s).
   * Calling it twice is fine.
   */
  close(drainMs?: number): Promise<void>;
}

/**
 * Builds the HTTP server of a process from its route table and adds `/openapi.json`.
 * Every error it answers is a problem document. Throws an assertion when the table is unsafe or ambiguous.
 */
export function buildServer(options: ServerOptions): HttpServer {
  const routes = [...options.routes, openapiRoute(options)];
  checkRouteTable(routes);
  const limits = { ...HTTP_LIMITS, ...options.limits };
  const app = createApp(options, limits);
  const answer = new Answers(
    new RequestWatch(options.log, options.metrics),
    options.world.clock,
    routes,
  );
  // A request's state comes first, so that every answer has an id, a trace and a duration.
  app.decorateRequest('tocsin', null as unknown as RequestState);
  const cors = new Cors(options.corsOrigins ?? []);
  app.addHook('onRequest', (request, reply, done) => {
    const { clock, random } = options.world;
    request.tocsin = openState(request, clock.monotonic(), random);
    if (!cors.handle(request, reply)) done();
  });
  app.setErrorHandler((error, request, reply) => {
    if (isUnknownMethod(error, request)) answer.unknownPath(request, reply);
    else answer.problem(error, request, reply);
  });
  app.setNotFoundHandler((request, reply) => answer.unknownPath(request, reply));
  mount(app, options, routes, answer, limits);
  const refused = options.metrics.counter({
    name: 'tocsin_http_connections_refused_total',
    help: 'Connections closed because their address had too many',
    labels: [],
  });
  const { world, log } = options;
  const listeners = new Listeners(app, {
    world,
    log,
    limits,
    onRefusedConnection: () => refused.add({}),
  });
  return {
    app,
    listen: (address) => listeners.listen(address),
    listenSecurely: (address, files) => listeners.listenSecurely(address, files),
    close: (drainMs = 10_000) => listeners.close(drainMs),
  };
}

/** QUERY must state a content type, and Fastify says so before anybody sees that no route of ours takes it. */
function isUnknownMethod(error: unknown, { is404 }: FastifyRequest): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return is404 && code === 'FST_ERR_ROUTE_MISSING_CONTENT_TYPE';
}

function createApp(options: ServerOptions, limits: HttpLimits): FastifyInstance {
  const { world } = options;
  return Fastify({
    logger: false,
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    genReqId: (request) => requestIdOf(request as import('node:http').IncomingMessage, world),
    // The longest is a receipt of a hundred frames; routes state their own limits.
    routerOptions: { maxParamLength: 4096 },
    http: {
      // Node keeps the first of several Authorization headers; joined they are refused as what they are.
      joinDuplicateHeaders: true,
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: limits.slowCheckMs,
      maxHeaderSize: limits.headerBytesMax,
    },
    trustProxy: options.trustedProxies?.length ? [...options.trustedProxies] : false,
    clientErrorHandler: (error, socket) => answerBroken(error, socket, world),
    frameworkErrors: (error, request, reply) => {
      answerUnrouted(error, request, reply as unknown as FastifyReply, world);
    },
  }) as unknown as FastifyInstance;
}

/** Answers what failed before a route was found, for example a path that is not well-formed. */
function answerUnrouted(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  world: World,
): void {
  request.tocsin = openState(request, world.clock.monotonic(), world.random);
  const problem = asProblem(error);
  void reply
    .code(problem.status)
    .headers(baseHeaders(request))
    .type(PROBLEM_MEDIA_TYPE)
    .send(JSON.stringify(problemDocument(problem, request.id, '')));
}

/** Mounts buffered routes on the root and streaming ones in a scope of their own, whose bodies stay unread. */
function mount(
  app: FastifyInstance,
  options: ServerOptions,
  routes: readonly Route[],
  answer: Answers,
  limits: HttpLimits,
): void {
  const gate = new TenantGate(options.tenants, options.world.clock);
  const isStream = (route: Route) => 'kind' in route && route.kind === 'stream';
  const add = (on: FastifyInstance, route: Route) => {
    const run = routeRunner(route);
    on.route({
      method: route.method,
      url: routerPath(route.path),
      bodyLimit: 'kind' in route ? route.bodyBytesMax : limits.bodyBytesMax,
      onRequest: doorOf(route, options.verifier, gate, options.rates),
      handler: (request, reply) => answer.run(run, request, reply),
    });
  };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  for (const route of routes) if (!isStream(route)) add(app, route);
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    for (const route of routes) if (isStream(route)) add(scope, route);
  });
}
