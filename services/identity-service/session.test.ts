import { SESSION_COOKIE, SESSION_IDLE_MS, SESSION_MS_MAX } from '@tocsin/auth/session-verifier.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SESSIONS_MAX } from './session-records.ts';
import { Browser } from './testing/browser.ts';
import {
  acme,
  cookieOf,
  type LoginHouse,
  OWN_PAGE,
  openLoginHouse,
} from './testing/login-house.ts';

let house: LoginHouse;
let origin: string;

beforeAll(async () => {
  house = await openLoginHouse();
  ({ origin } = house);
});
afterAll(() => house.close());

const get = (browser: Browser, path: string, headers: Record<string, string> = {}) =>
  house.request(browser, 'GET', path, headers);
const post = (browser: Browser, path: string, headers: Record<string, string> = {}) =>
  house.request(browser, 'POST', path, headers);

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
    await house.logIn(browser);
    const given = headers['origin'] === 'ours' ? { origin } : headers;
    // Fetch sets these two itself; inject does not.
    const cookie = cookieOf(browser, origin);
    const answer = await house.http.server.app.inject({
      method: 'POST',
      url: '/probe',
      headers: { cookie, ...given },
    });
    expect(answer.statusCode).toBe(status);
  });

  it('must not be of another tenant than X-Tenant-ID says, and counts for less than a token', async () => {
    const browser = new Browser();
    await house.logIn(browser);
    expect((await get(browser, '/probe', { 'x-tenant-id': 'acme-corp' })).status).toBe(200);
    expect((await get(browser, '/probe', { 'x-tenant-id': 'other-corp' })).status).toBe(403);
    expect((await get(browser, '/probe', { authorization: 'Bearer x' })).status).toBe(401);
  });

  it.each([
    ['made up', 'A'.repeat(43)],
    ['empty', ''],
    ['long', 'A'.repeat(9_000)],
  ])('that is %s opens nothing', async (_name, id) => {
    const answer = await house.http.server.app.inject({
      url: '/probe',
      headers: { cookie: `${SESSION_COOKIE}=${id}` },
    });
    expect(answer.statusCode).toBe(401);
  });

  it('that comes twice opens nothing', async () => {
    const browser = new Browser();
    await house.logIn(browser);
    const one = cookieOf(browser, origin);
    const answer = await house.http.server.app.inject({
      url: '/probe',
      headers: { cookie: `${one}; ${one}` },
    });
    expect(answer.statusCode).toBe(401);
  });

  it('ends after half an hour without a request, not before', async () => {
    const browser = new Browser();
    await house.logIn(browser);
    for (let round = 0; round < 4; round += 1) {
      await house.clock.advance(SESSION_IDLE_MS - 61_000);
      expect((await get(browser, '/probe')).status).toBe(200);
    }
    await house.clock.advance(SESSION_IDLE_MS);
    expect((await get(browser, '/probe')).status).toBe(401);
  });

  it('ends after twelve hours whatever happens', async () => {
    const browser = new Browser();
    await house.logIn(browser);
    const step = SESSION_IDLE_MS / 2;
    for (let passed = step; passed < SESSION_MS_MAX; passed += step) {
      await house.clock.advance(step);
      expect((await get(browser, '/probe')).status).toBe(200);
    }
    await house.clock.advance(step);
    expect((await get(browser, '/probe')).status).toBe(401);
  });

  it('ends with a logout, which a foreign page cannot cause', async () => {
    const browser = new Browser();
    await house.logIn(browser);
    const cookie = cookieOf(browser, origin);
    const logout = (headers: Record<string, string>) =>
      house.http.server.app.inject({
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
    await house.logIn(browser);
    const sessionsLeft = async (status: 'deleting' | 'active') =>
      house.db.database.inPlatform(async (tx) => {
        await tx.updateTable('tenants').set({ status }).where('tenant_id', '=', acme).execute();
        return tx.selectFrom('login_sessions').where('tenant_id', '=', acme).selectAll().execute();
      });
    expect(await sessionsLeft('deleting')).toEqual([]);
    await sessionsLeft('active');
    await house.clock.advance(3_000);
    expect((await get(browser, '/probe')).status).toBe(401);
  });

  it('is one of twenty of a person; one more ends the oldest', async () => {
    house.provider.people.set('many', { groups: ['acme-soc'] });
    const browsers = Array.from({ length: SESSIONS_MAX + 1 }, () => new Browser());
    for (const browser of browsers) {
      await house.logIn(browser, 'many');
      await house.clock.advance(3_000);
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
