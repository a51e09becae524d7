import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { withSessions } from '@tocsin/auth/credential-verifier.ts';
import { KeyPepper } from '@tocsin/auth/key-pepper.ts';
import {
  SESSION_COOKIE,
  SESSION_IDLE_MS,
  SESSION_MS_MAX,
  SessionVerifier,
} from '@tocsin/auth/session-verifier.ts';
import { silentLog } from '@tocsin/database/log.ts';
import { openTestDatabase, type TestDatabase } from '@tocsin/database/testing/test-database.ts';
import { platformRoute, tenantRoute } from '@tocsin/http/route.ts';
import { type TestServer, testServer } from '@tocsin/http/testing/test-server.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { Secret } from '@tocsin/kernel/secret.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LoginSettings } from './login-settings.ts';
import { createIdentityService } from './service.ts';
import { openSessionDirectory, SESSIONS_MAX } from './session-records.ts';
import { Browser } from './testing/browser.ts';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  startProvider,
  type TestProvider,
} from './testing/identity-provider.ts';

const acme = parseTenantId('acme-corp');
const other = parseTenantId('other-corp');
const GRANTS = [
  { group: 'acme-admins', role: 'tenant_admin', tenantId: acme },
  { group: 'acme-soc', role: 'soc_analyst', tenantId: acme },
  { group: 'other-soc', role: 'soc_analyst', tenantId: other },
  { group: 'gone-soc', role: 'soc_analyst', tenantId: parseTenantId('gone-corp') },
  { group: 'msp', role: 'platform_admin', tenantId: undefined },
] as const;

let db: TestDatabase;
let provider: TestProvider;
let http: TestServer;
let clock: ManualClock;
let origin: string;

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

beforeAll(async () => {
  db = await openTestDatabase();
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
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  provider = await startProvider(origin);
  // The provider has its own clock, the machine's: ours starts with it, and is moved for sessions only.
  clock = new ManualClock(Date.now());
  const world = { ...systemWorld(), clock };
  const settings: LoginSettings = {
    issuer: provider.issuer,
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
  http = await testServer([...service.routes, ...probes], {
    world,
    verifierOf: (tokens) => withSessions(tokens, sessions),
  });
  await http.server.listen({ host: '127.0.0.1', port });
});
afterAll(async () => {
  await http.server.close();
  await provider.close();
  await db.drop();
});

beforeEach(() => {
  provider.people.set('ada', { name: 'Ada L.', email: 'ada@example.org', groups: ['acme-soc'] });
});

/** The provider must know where browsers come back to before we listen there. */
async function freePort(): Promise<number> {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  taken.close();
  await once(taken, 'close');
  return port;
}

/** Logs in as a person would; gives the last answer. */
async function logIn(browser: Browser, person = 'ada', query = ''): Promise<Response> {
  const back = await browser.walkUntil(origin, `${origin}/v1/login${query}`, person);
  return browser.request(back);
}

function get(browser: Browser, path: string, headers: Record<string, string> = {}) {
  return browser.request(`${origin}${path}`, { headers });
}

function post(browser: Browser, path: string, headers: Record<string, string> = {}) {
  return browser.request(`${origin}${path}`, { method: 'POST', headers });
}

const OWN_PAGE = { 'sec-fetch-site': 'same-origin' };

describe('a login', () => {
  it('goes to the provider and back, and opens what the role of the group allows', async () => {
    const browser = new Browser();
    const answer = await logIn(browser, 'ada', '?return_to=/cases%3Fopen=1');
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/cases?open=1');
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-tocsin_session=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=43200$/,
      ),
    ]);
    const probe = await get(browser, '/probe');
    expect(await probe.json()).toEqual({ tenant: 'acme-corp', actor: 'ada' });
    expect(await (await get(browser, '/v1/session')).json()).toMatchObject({
      logged_in: true,
      subject: 'ada',
      display_name: 'Ada L.',
      role: 'soc_analyst',
      tenant_id: 'acme-corp',
    });
    expect((await get(browser, '/v1/api-keys')).status).toBe(403);
  });

  it('is written to the audit log, and nowhere does the database hold its id', async () => {
    const browser = new Browser();
    await logIn(browser);
    const id = browser.cookies(origin).get(SESSION_COOKIE) ?? '';
    const rows = await db.database.inPlatform(async (tx) => ({
      audit: await tx.selectFrom('audit_log').selectAll().where('actor', '=', 'ada').execute(),
      sessions: await tx.selectFrom('login_sessions').selectAll().execute(),
    }));
    expect(rows.audit.at(-1)).toMatchObject({ action: 'session.begin', tenant_id: 'acme-corp' });
    expect(id).toHaveLength(43);
    expect(JSON.stringify(rows)).not.toContain(id);
  });

  it('gives another id each time, also to a browser that brings one', async () => {
    const browser = new Browser();
    browser.cookies(origin).set(SESSION_COOKIE, 'chosen-by-an-attacker');
    await logIn(browser);
    const first = browser.cookies(origin).get(SESSION_COOKIE);
    expect(first).not.toBe('chosen-by-an-attacker');
    await logIn(browser);
    expect(browser.cookies(origin).get(SESSION_COOKIE)).not.toBe(first);
  });

  it('of a platform administrator reads no tenant', async () => {
    provider.people.set('root', { groups: ['msp'] });
    const browser = new Browser();
    await logIn(browser, 'root');
    expect((await get(browser, '/platform-probe')).status).toBe(200);
    expect((await get(browser, '/probe')).status).toBe(403);
    expect((await get(browser, '/probe', { 'x-tenant-id': 'acme-corp' })).status).toBe(403);
  });

  it.each([
    ['no group with a role', [], '', 'none of your groups'],
    ['a group that only looks like one', ['ACME-SOC', 'acme-soc ', 'constructor'], '', 'none'],
    ['several tenants and none chosen', ['acme-soc', 'other-soc'], '', 'choose one'],
    ['a tenant chosen that is not theirs', ['acme-soc'], '?as=other-corp', 'none of your groups'],
    ['the platform chosen without a right to it', ['acme-soc'], '?as=~platform', 'none of your'],
    ['a tenant that is not there', ['gone-soc'], '', 'not active'],
    ['groups that are no list', { 0: 'acme-soc' }, '', 'none of your groups'],
  ])('of somebody with %s is refused', async (_name, groups, query, reason) => {
    provider.people.set('eve', { groups });
    const browser = new Browser();
    const answer = await logIn(browser, 'eve', query);
    expect(answer.status).toBe(403);
    expect(((await answer.json()) as { detail: string }).detail).toContain(reason);
    expect(browser.cookies(origin).has(SESSION_COOKIE)).toBe(false);
  });

  it('of somebody with roles in several tenants takes the one asked for, with the first role named', async () => {
    provider.people.set('bob', { groups: ['acme-soc', 'other-soc', 'acme-admins', 'msp'] });
    for (const [as, role] of [
      ['acme-corp', 'tenant_admin'],
      ['other-corp', 'soc_analyst'],
      ['~platform', 'platform_admin'],
    ]) {
      const browser = new Browser();
      await logIn(browser, 'bob', `?as=${as}`);
      expect(await (await get(browser, '/v1/session')).json()).toMatchObject({ role });
    }
  });

  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example/',
    'javascript:alert(1)',
    '/a\r\nset-cookie: x=y',
    '/\u00e9',
  ])('does not lead to %j afterwards', async (returnTo) => {
    const url = `${origin}/v1/login?return_to=${encodeURIComponent(returnTo)}`;
    expect((await new Browser().request(url)).status).toBe(400);
  });

  it('ends where the provider does not answer, and begins again when it does', async () => {
    provider.answers = false;
    const browser = new Browser();
    const away = await startedElsewhere(browser);
    expect(away.status).toBe(503);
    provider.answers = true;
    expect((await logIn(new Browser())).status).toBe(303);
  });

  /** A login whose provider goes away while the person is there. */
  async function startedElsewhere(browser: Browser): Promise<Response> {
    provider.answers = true;
    const back = await browser.walkUntil(origin, `${origin}/v1/login`, 'ada');
    provider.answers = false;
    return browser.request(back);
  }
});

describe('the way back from the provider', () => {
  it('is closed to another browser than the one that began (login CSRF)', async () => {
    const [victim, attacker] = [new Browser(), new Browser()];
    const back = await attacker.walkUntil(origin, `${origin}/v1/login`, 'ada');
    expect((await victim.request(back)).status).toBe(400);
    await victim.walkUntil(origin, `${origin}/v1/login`, 'ada');
    expect((await victim.request(back)).status).toBe(400);
    expect(victim.cookies(origin).has(SESSION_COOKIE)).toBe(false);
  });

  it('takes a code once', async () => {
    const browser = new Browser();
    const back = await browser.walkUntil(origin, `${origin}/v1/login`, 'ada');
    expect((await browser.request(back)).status).toBe(303);
    expect((await browser.request(back)).status).toBe(400);
  });

  it.each<[string, (url: URL) => void]>([
    ['another state', (url) => url.searchParams.set('state', 'x')],
    ['no state', (url) => url.searchParams.delete('state')],
    ['two states', (url) => url.searchParams.append('state', 'x')],
    ['another code', (url) => url.searchParams.set('code', 'x')],
    ['no code', (url) => url.searchParams.delete('code')],
    ['another issuer (mix-up)', (url) => url.searchParams.set('iss', 'https://evil.example')],
    ['no issuer, though the provider always names itself', (url) => url.searchParams.delete('iss')],
  ])('is closed with %s', async (_name, change) => {
    const browser = new Browser();
    const back = await browser.walkUntil(origin, `${origin}/v1/login`, 'ada');
    change(back);
    expect((await browser.request(back)).status).toBe(400);
    expect(browser.cookies(origin).has(SESSION_COOKIE)).toBe(false);
  });

  it('is closed with a cookie that was changed, and after ten minutes', async () => {
    const browser = new Browser();
    const back = await browser.walkUntil(origin, `${origin}/v1/login`, 'ada');
    const jar = browser.cookies(origin);
    const [name = '', sealed = ''] = [...jar].find(([one]) => one.includes('login')) ?? [];
    jar.set(name, `A${sealed.slice(1)}`);
    expect((await browser.request(back)).status).toBe(400);
    jar.set(name, sealed);
    await clock.advance(10 * 60_000);
    expect((await browser.request(back)).status).toBe(400);
  });

  it('tells that the provider refused', async () => {
    const browser = new Browser();
    const back = await browser.walkUntil(origin, `${origin}/v1/login`, 'ada');
    back.searchParams.delete('code');
    back.searchParams.set('error', 'access_denied');
    expect((await browser.request(back)).status).toBe(403);
  });
});

describe('a session', () => {
  it.each<[string, Record<string, string>, number]>([
    ['a page of ours', { 'sec-fetch-site': 'same-origin' }, 200],
    ['a page of ours, in an old browser', { origin: 'ours' }, 200],
    ['a neighbouring site', { 'sec-fetch-site': 'same-site' }, 403],
    ['a foreign page', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
    ['a foreign page, in an old browser', { origin: 'https://evil.example' }, 403],
    ['a page without an origin', { origin: 'null' }, 403],
    ['a page that only half says so', { 'sec-fetch-site': 'same-origin', origin: 'null' }, 403],
    ['nowhere', {}, 403],
    ['a bookmark', { 'sec-fetch-site': 'none' }, 403],
  ])('changes something when asked from %s only', async (_name, headers, status) => {
    const browser = new Browser();
    await logIn(browser);
    const given = headers['origin'] === 'ours' ? { origin } : headers;
    // Fetch sets these two itself; inject does not.
    const cookie = `${SESSION_COOKIE}=${browser.cookies(origin).get(SESSION_COOKIE)}`;
    const answer = await http.server.app.inject({
      method: 'POST',
      url: '/probe',
      headers: { cookie, ...given },
    });
    expect(answer.statusCode).toBe(status);
  });

  it('must not be of another tenant than X-Tenant-ID says, and counts for less than a token', async () => {
    const browser = new Browser();
    await logIn(browser);
    expect((await get(browser, '/probe', { 'x-tenant-id': 'acme-corp' })).status).toBe(200);
    expect((await get(browser, '/probe', { 'x-tenant-id': 'other-corp' })).status).toBe(403);
    expect((await get(browser, '/probe', { authorization: 'Bearer x' })).status).toBe(401);
  });

  it.each([
    ['made up', 'A'.repeat(43)],
    ['empty', ''],
    ['long', 'A'.repeat(9_000)],
  ])('that is %s opens nothing', async (_name, id) => {
    const answer = await http.server.app.inject({
      url: '/probe',
      headers: { cookie: `${SESSION_COOKIE}=${id}` },
    });
    expect(answer.statusCode).toBe(401);
  });

  it('that comes twice opens nothing', async () => {
    const browser = new Browser();
    await logIn(browser);
    const one = `${SESSION_COOKIE}=${browser.cookies(origin).get(SESSION_COOKIE)}`;
    const answer = await http.server.app.inject({
      url: '/probe',
      headers: { cookie: `${one}; ${one}` },
    });
    expect(answer.statusCode).toBe(401);
  });

  it('ends after half an hour without a request, not before', async () => {
    const browser = new Browser();
    await logIn(browser);
    for (let round = 0; round < 4; round += 1) {
      await clock.advance(SESSION_IDLE_MS - 61_000);
      expect((await get(browser, '/probe')).status).toBe(200);
    }
    await clock.advance(SESSION_IDLE_MS);
    expect((await get(browser, '/probe')).status).toBe(401);
  });

  it('ends after twelve hours whatever happens', async () => {
    const browser = new Browser();
    await logIn(browser);
    const step = SESSION_IDLE_MS / 2;
    for (let passed = step; passed < SESSION_MS_MAX; passed += step) {
      await clock.advance(step);
      expect((await get(browser, '/probe')).status).toBe(200);
    }
    await clock.advance(step);
    expect((await get(browser, '/probe')).status).toBe(401);
  });

  it('ends with a logout, which a foreign page cannot cause', async () => {
    const browser = new Browser();
    await logIn(browser);
    const cookie = `${SESSION_COOKIE}=${browser.cookies(origin).get(SESSION_COOKIE)}`;
    const logout = (headers: Record<string, string>) =>
      http.server.app.inject({
        method: 'POST',
        url: '/v1/logout',
        headers: { cookie, ...headers },
      });
    expect((await logout({ 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
    expect((await get(browser, '/probe')).status).toBe(200);
    const out = await logout(OWN_PAGE);
    expect(out.statusCode).toBe(204);
    expect(out.headers['set-cookie']).toContain('Max-Age=0');
    expect((await get(browser, '/probe')).status).toBe(401);
    expect((await logout(OWN_PAGE)).statusCode).toBe(204);
    expect(await (await get(browser, '/v1/session')).json()).toMatchObject({ logged_in: false });
  });

  it('ends when the deletion of its tenant begins', async () => {
    const browser = new Browser();
    await logIn(browser);
    const sessionsLeft = async (status: 'deleting' | 'active') =>
      db.database.inPlatform(async (tx) => {
        await tx.updateTable('tenants').set({ status }).where('tenant_id', '=', acme).execute();
        return tx.selectFrom('login_sessions').where('tenant_id', '=', acme).selectAll().execute();
      });
    expect(await sessionsLeft('deleting')).toEqual([]);
    await sessionsLeft('active');
    await clock.advance(3_000);
    expect((await get(browser, '/probe')).status).toBe(401);
  });

  it('is one of twenty of a person; one more ends the oldest', async () => {
    provider.people.set('many', { groups: ['acme-soc'] });
    const browsers = Array.from({ length: SESSIONS_MAX + 1 }, () => new Browser());
    for (const browser of browsers) {
      await logIn(browser, 'many');
      await clock.advance(3_000);
    }
    const statuses = await Promise.all(
      browsers.map(async (browser) => (await get(browser, '/probe')).status),
    );
    expect(statuses).toEqual([401, ...Array.from({ length: SESSIONS_MAX }, () => 200)]);
  });
});

describe('without a session', () => {
  it('a page can ask who it is, and log out', async () => {
    const browser = new Browser();
    expect(await (await get(browser, '/v1/session')).json()).toEqual({
      logged_in: false,
      login_available: true,
    });
    expect((await post(browser, '/v1/logout')).status).toBe(204);
  });
});
