import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CredentialVerifier } from '@tocsin/auth/credential-verifier.ts';
import { openLocalIssuer, type TokenRequest } from '@tocsin/auth/local-issuer.ts';
import { TokenVerifier } from '@tocsin/auth/token-verifier.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld, type World } from '@tocsin/kernel/world.ts';
import { type Log, silentLog } from '@tocsin/telemetry/log.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import type { HttpLimits } from '../limits.ts';
import { RateGate, type StoredBytesOf } from '../rate-gate.ts';
import type { RateRules } from '../rate-rules.ts';
import type { Route } from '../route.ts';
import { buildServer, type HttpServer } from '../server.ts';
import type { TenantDirectory } from '../tenant-directory.ts';

/** What a test may replace. */
export interface TestServerOptions {
  readonly tenants?: TenantDirectory;
  readonly log?: Log;
  readonly metrics?: Metrics;
  readonly world?: World;
  readonly limits?: Partial<HttpLimits>;
  /** What verifies credentials beside the issuer's tokens; without it nothing does. */
  readonly verifierOf?: (tokens: TokenVerifier) => CredentialVerifier;
  readonly corsOrigins?: readonly string[];
  readonly trustedProxies?: readonly string[];
  /** Quotas; default: nothing is limited. */
  readonly rates?: Partial<RateRules>;
  readonly storedBytes?: StoredBytesOf;
}

/** A real server with a real local issuer, for tests of routes. Call `server.close()` at the end. */
export interface TestServer {
  readonly server: HttpServer;
  /** Headers of a caller: token and `X-Tenant-ID`. Default: an analyst of `acme-corp`. */
  headers(
    caller?: Partial<Omit<TokenRequest, 'tenantId'>> & { readonly tenant?: string },
  ): Promise<Record<string, string>>;
}

/** Tenants that exist in tests unless a directory is given: every one. */
const everyTenant: TenantDirectory = { find: async () => ({ status: 'active' }) };

/** Builds the server of a route table for tests; use `server.app.inject` or `listen` on port 0. */
export async function testServer(
  routes: readonly Route[],
  options: TestServerOptions = {},
): Promise<TestServer> {
  const world = options.world ?? systemWorld();
  const metrics = options.metrics ?? new Metrics('test');
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-test-keys-'));
  const issuer = await openLocalIssuer(world, folder, 'tocsin');
  await rm(folder, { recursive: true });
  const tokens = new TokenVerifier([issuer.trusted()], world.clock);
  const server = buildServer({
    service: 'test',
    version: '0.0.0',
    routes,
    verifier: options.verifierOf?.(tokens) ?? tokens,
    tenants: options.tenants ?? everyTenant,
    log: options.log ?? silentLog,
    metrics,
    world,
    ...(options.corsOrigins === undefined ? {} : { corsOrigins: options.corsOrigins }),
    ...(options.trustedProxies === undefined ? {} : { trustedProxies: options.trustedProxies }),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.rates === undefined
      ? {}
      : { rates: new RateGate(options.rates, world.clock, metrics, options.storedBytes) }),
  });
  return {
    server,
    async headers({
      tenant = 'acme-corp',
      role = 'soc_analyst',
      subject = 'ada',
      ttlSeconds = 600,
    } = {}) {
      const tenantId = role === 'platform_admin' ? undefined : parseTenantId(tenant);
      const token = await issuer.mint({ subject, tenantId, role, ttlSeconds });
      return { authorization: `Bearer ${token}`, 'x-tenant-id': tenant };
    },
  };
}
