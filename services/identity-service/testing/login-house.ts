import { withSessions } from '@tocsin/auth/credential-verifier.ts';
import { KeyPepper } from '@tocsin/auth/key-pepper.ts';
import { SESSION_COOKIE, SessionVerifier } from '@tocsin/auth/session-verifier.ts';
import { silentLog } from '@tocsin/database/log.ts';
import { openTestDatabase, type TestDatabase } from '@tocsin/database/testing/test-database.ts';
import { platformRoute, tenantRoute } from '@tocsin/http/route.ts';
import { freePort } from '@tocsin/http/testing/free-port.ts';
import { type TestServer, testServer } from '@tocsin/http/testing/test-server.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { Secret } from '@tocsin/kernel/secret.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import type { LoginSettings } from '../login-settings.ts';
import { createIdentityService } from '../service.ts';
import { openSessionDirectory } from '../session-directory.ts';
import type { Browser } from './browser.ts';
import { CLIENT_ID, CLIENT_SECRET, startProvider, type TestProvider } from './identity-provider.ts';

/** Tenants of a login house. */
export const acme = parseTenantId('acme-corp');
const other = parseTenantId('other-corp');

const GRANTS = [
  { group: 'acme-admins', role: 'tenant_admin', tenantId: acme },
  { group: 'acme-soc', role: 'soc_analyst', tenantId: acme },
  { group: 'other-admins', role: 'tenant_admin', tenantId: other },
  { group: 'other-soc', role: 'soc_analyst', tenantId: other },
  { group: 'gone-soc', role: 'soc_analyst', tenantId: parseTenantId('gone-corp') },
  { group: 'msp', role: 'platform_admin', tenantId: undefined },
] as const;

/** What a page of ours sends with a change. */
export const OWN_PAGE = { 'sec-fetch-site': 'same-origin' };

/** An identity service that listens, with a provider, two tenants, and probes for all other routes. */
export interface LoginHouse {
  readonly db: TestDatabase;
  readonly provider: TestProvider;
  readonly http: TestServer;
  readonly clock: ManualClock;
  readonly origin: string;
  /** Logs in as a person would; gives the last answer. */
  logIn(browser: Browser, person?: string, query?: string): Promise<Response>;
  request(
    browser: Browser,
    method: string,
    path: string,
    headers?: Record<string, string>,
  ): Promise<Response>;
  close(): Promise<void>;
}

const probes = [
  tenantRoute({
    method: 'GET',
    path: '/probe',
    operationId: 'read',
    summary: 'probe',
    tags: [],
    permission: 'cases:read',
    responses: { 200: undefined },
    handle: async (tenant) => ({
      status: 200,
      body: { tenant: tenant.tenantId, actor: tenant.actor },
    }),
  }),
  tenantRoute({
    method: 'POST',
    path: '/probe',
    operationId: 'write',
    summary: 'probe',
    tags: [],
    permission: 'cases:write',
    responses: { 200: undefined },
    handle: async () => ({ status: 200, body: {} }),
  }),
  platformRoute({
    method: 'GET',
    path: '/platform-probe',
    operationId: 'platform',
    summary: 'probe',
    tags: [],
    permission: 'tenants:read',
    responses: { 200: undefined },
    handle: async (principal) => ({ status: 200, body: { actor: principal.subject } }),
  }),
];

/** Opens a house; `ada` of `acme-soc` is known to its provider. */
export async function openLoginHouse(): Promise<LoginHouse> {
  const db = await openTestDatabase();
  await addTenants(db);
  // The provider must know where browsers come back to before we listen there.
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const provider = await startProvider(origin);
  provider.people.set('ada', { name: 'Ada L.', email: 'ada@example.org', groups: ['acme-soc'] });
  // The provider has its own clock, the machine's: ours starts with it, and is moved for sessions only.
  const clock = new ManualClock(Date.now());
  const http = await openServer(db, clock, origin, provider.issuer);
  await http.server.listen({ host: '127.0.0.1', port });
  const request: LoginHouse['request'] = (browser, method, path, headers = {}) =>
    browser.request(`${origin}${path}`, { method, headers });
  return {
    db,
    provider,
    http,
    clock,
    origin,
    request,
    async logIn(browser, person = 'ada', query = '') {
      const back = await browser.walkUntil(origin, `${origin}/v1/login${query}`, person);
      return browser.request(back);
    },
    async close() {
      await http.server.close();
      await provider.close();
      await db.drop();
    },
  };
}

/** The header that a browser sends with its session. */
export function cookieOf(browser: Browser, origin: string): string {
  return `${SESSION_COOKIE}=${browser.cookies(origin).get(SESSION_COOKIE)}`;
}

function openServer(db: TestDatabase, clock: ManualClock, origin: string, issuer: string) {
  const world = { ...systemWorld(), clock };
  const settings: LoginSettings = {
    issuer,
    clientId: CLIENT_ID,
    clientSecret: new Secret(CLIENT_SECRET),
    origin,
    scope: 'openid profile email',
    groupsClaim: 'groups',
    grants: GRANTS,
  };
  const sessions = new SessionVerifier(openSessionDirectory(db.database, world), clock, origin);
  const service = createIdentityService({
    database: db.database,
    world,
    pepper: new KeyPepper(Buffer.alloc(32, 3)),
    log: silentLog,
    login: { settings, sessions },
  });
  return testServer([...service.routes, ...probes], {
    world,
    verifierOf: (tokens) => withSessions(tokens, sessions),
  });
}

async function addTenants(db: TestDatabase): Promise<void> {
  for (const tenant_id of [acme, other]) {
    await db.database.inPlatform((tx) =>
      tx
        .insertInto('tenants')
        .values({
          tenant_id,
          name: tenant_id,
          retention_days: 90,
          data_residency: 'x',
          created_by: 'test',
          modified_by: 'test',
        })
        .execute(),
    );
  }
}
