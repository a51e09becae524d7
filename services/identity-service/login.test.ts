import { SESSION_COOKIE } from '@tocsin/auth/session-verifier.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KNOWN_MS } from './known-people.ts';
import { Browser } from './testing/browser.ts';
import { type LoginHouse, openLoginHouse } from './testing/login-house.ts';

let house: LoginHouse;
let origin: string;

beforeAll(async () => {
  house = await openLoginHouse();
  ({ origin } = house);
});
afterAll(() => house.close());
beforeEach(() => {
  house.provider.people.set('ada', {
    name: 'Ada L.',
    email: 'ada@example.org',
    groups: ['acme-soc'],
  });
});

const get = (browser: Browser, path: string, headers: Record<string, string> = {}) =>
  house.request(browser, 'GET', path, headers);

describe('a login', () => {
  it('goes to the provider and back, and opens what the role of the group allows', async () => {
    const browser = new Browser();
    const answer = await house.logIn(browser, 'ada', '?return_to=/cases%3Fopen=1');
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
    await house.logIn(browser);
    const id = browser.cookies(origin).get(SESSION_COOKIE) ?? '';
    const rows = await house.db.database.inPlatform(async (tx) => ({
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
    await house.logIn(browser);
    const first = browser.cookies(origin).get(SESSION_COOKIE);
    expect(first).not.toBe('chosen-by-an-attacker');
    await house.logIn(browser);
    expect(browser.cookies(origin).get(SESSION_COOKIE)).not.toBe(first);
  });

  it('of a platform administrator reads no tenant', async () => {
    house.provider.people.set('root', { groups: ['msp'] });
    const browser = new Browser();
    await house.logIn(browser, 'root');
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
    house.provider.people.set('eve', { groups });
    const browser = new Browser();
    const answer = await house.logIn(browser, 'eve', query);
    expect(answer.status).toBe(403);
    expect(((await answer.json()) as { detail: string }).detail).toContain(reason);
    expect(browser.cookies(origin).has(SESSION_COOKIE)).toBe(false);
  });

  it('of somebody with roles in several tenants takes the one asked for, with the first role named', async () => {
    house.provider.people.set('bob', { groups: ['acme-soc', 'other-soc', 'acme-admins', 'msp'] });
    for (const [as, role] of [
      ['acme-corp', 'tenant_admin'],
      ['other-corp', 'soc_analyst'],
      ['~platform', 'platform_admin'],
    ]) {
      const browser = new Browser();
      await house.logIn(browser, 'bob', `?as=${as}`);
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
    house.provider.answers = false;
    const browser = new Browser();
    const away = await startedElsewhere(browser);
    expect(away.status).toBe(503);
    house.provider.answers = true;
    expect((await house.logIn(new Browser())).status).toBe(303);
  });

  /** A login whose provider goes away while the person is there. */
  async function startedElsewhere(browser: Browser): Promise<Response> {
    house.provider.answers = true;
    const back = await browser.walkUntil(origin, `${origin}/v1/login`, 'ada');
    house.provider.answers = false;
    return browser.request(back);
  }
});

describe('the quota of people', () => {
  const logIn = async (person: string) => (await house.logIn(new Browser(), person)).status;
  const setQuota = (users: number | undefined) =>
    house.db.database.inPlatform((tx) =>
      tx
        .updateTable('tenants')
        .set({ quota: JSON.stringify({ users }) })
        .where('tenant_id', '=', 'acme-corp')
        .execute(),
    );
  afterEach(() => setQuota(undefined));

  it('lets in as many as it says, also at the same time, and whom it knows again and again', async () => {
    await house.logIn(new Browser());
    const newcomers = ['eli', 'fay', 'gus', 'hal'];
    for (const name of newcomers) house.provider.people.set(name, { groups: ['acme-soc'] });
    const known = await house.db.database.inPlatform((tx) =>
      tx
        .selectFrom('known_people')
        .select('subject')
        .where('tenant_id', '=', 'acme-corp')
        .execute(),
    );
    await setQuota(known.length + 2);
    const answers = await Promise.all(newcomers.map(logIn));
    expect(answers.toSorted()).toEqual([303, 303, 403, 403]);
    const refused = newcomers[answers.indexOf(403)] ?? '';
    const answer = await house.logIn(new Browser(), refused);
    expect(((await answer.json()) as { detail: string }).detail).toContain('larger quota (users)');
    expect(await logIn('ada')).toBe(303);
    expect(await logIn(newcomers[answers.indexOf(303)] ?? '')).toBe(303);
  });

  it('counts nobody who did not log in for 30 days', async () => {
    await setQuota(1);
    house.provider.people.set('ina', { groups: ['acme-soc'] });
    expect(await logIn('ina')).toBe(403);
    await house.db.database.inPlatform((tx) =>
      tx
        .updateTable('known_people')
        .set({ last_login_at: new Date(house.clock.now() - KNOWN_MS) })
        .execute(),
    );
    expect(await logIn('ina')).toBe(303);
    expect(await logIn('ada')).toBe(403);
  });

  it('forgets them with the tenant', async () => {
    const tenant_id = 'short-corp';
    const left = await house.db.database.inPlatform(async (tx) => {
      const who = { created_by: 'test', modified_by: 'test' };
      const what = { name: 'Short', retention_days: 90, data_residency: 'x' };
      await tx
        .insertInto('tenants')
        .values({ tenant_id, ...what, ...who })
        .execute();
      await tx
        .insertInto('known_people')
        .values({ tenant_id, subject: 'joe', last_login_at: new Date(house.clock.now()) })
        .execute();
      for (const status of ['suspended', 'deleting'] as const) {
        await tx
          .updateTable('tenants')
          .set({ status })
          .where('tenant_id', '=', tenant_id)
          .execute();
      }
      return tx
        .selectFrom('known_people')
        .where('tenant_id', '=', tenant_id)
        .select('subject')
        .execute();
    });
    expect(left).toEqual([]);
  });
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
    await house.clock.advance(10 * 60_000);
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
