import { SESSION_COOKIE, SESSION_STATE_MS_MAX } from '@tocsin/auth/session-verifier.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PREVIOUS_ID_MS } from './session-records.ts';
import { Browser } from './testing/browser.ts';
import { cookieOf, type LoginHouse, OWN_PAGE, openLoginHouse } from './testing/login-house.ts';

let house: LoginHouse;
let origin: string;

beforeAll(async () => {
  house = await openLoginHouse();
  ({ origin } = house);
});
afterAll(() => house.close());
beforeEach(async () => {
  const { people } = house.provider;
  people.set('ada', { name: 'Ada L.', groups: ['acme-soc', 'other-soc'] });
  people.set('chief', { groups: ['acme-admins'] });
  people.set('neighbour', { groups: ['other-admins'] });
  people.set('root', { groups: ['msp'] });
  await house.db.database.inPlatform((tx) => tx.deleteFrom('login_sessions').execute());
});

async function loggedIn(person: string, as?: string): Promise<Browser> {
  const browser = new Browser();
  await house.logIn(browser, person, as === undefined ? '' : `?as=${as}`);
  return browser;
}

const get = (browser: Browser, path: string) => house.request(browser, 'GET', path);
/** A change, asked for by a page of ours. */
const change = (browser: Browser, method: string, path: string) =>
  house.request(browser, method, path, OWN_PAGE);

interface Listed {
  readonly session_id: string;
  readonly subject: string;
  readonly tenant_id: string | null;
  readonly current?: boolean;
}

async function list(browser: Browser, path: string): Promise<Listed[]> {
  const answer = await get(browser, path);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { items: Listed[] }).items;
}

const isIn = async (browser: Browser) => (await get(browser, '/probe')).status === 200;

/** Other processes believe what they read for so long. */
const elsewhere = () => house.clock.advance(SESSION_STATE_MS_MAX);

async function auditOf(action: string) {
  return house.db.database.inPlatform((tx) =>
    tx.selectFrom('audit_log').selectAll().where('action', '=', action).orderBy('at').execute(),
  );
}

describe('a session id', () => {
  it('changes with another login in the same browser, and the one before opens nothing', async () => {
    const browser = await loggedIn('ada', 'acme-corp');
    const before = browser.cookies(origin).get(SESSION_COOKIE) ?? '';
    await house.logIn(browser, 'ada', '?as=other-corp');
    const answer = await house.http.server.app.inject({
      url: '/probe',
      headers: { cookie: `${SESSION_COOKIE}=${before}` },
    });
    expect(answer.statusCode).toBe(401);
    expect((await list(browser, '/v1/session/all')).map(({ tenant_id }) => tenant_id)).toEqual([
      'other-corp',
    ]);
  });

  it('is renewed while the session lasts; requests on their way are served, later ones are not', async () => {
    const browser = await loggedIn('ada', 'acme-corp');
    const before = cookieOf(browser, origin);
    const [entry] = await list(browser, '/v1/session/all');
    expect((await change(browser, 'POST', '/v1/session/renew')).status).toBe(204);
    expect(cookieOf(browser, origin)).not.toBe(before);
    const old = () => house.http.server.app.inject({ url: '/probe', headers: { cookie: before } });
    await elsewhere();
    expect((await old()).statusCode).toBe(200);
    await house.clock.advance(PREVIOUS_ID_MS);
    expect((await old()).statusCode).toBe(401);
    expect(await isIn(browser)).toBe(true);
    expect(await list(browser, '/v1/session/all')).toMatchObject([
      { session_id: entry?.session_id, current: true },
    ]);
  });

  it('of before renews nothing, and neither does a foreign page', async () => {
    const browser = await loggedIn('ada', 'acme-corp');
    const cookie = cookieOf(browser, origin);
    const renew = (headers: Record<string, string>) =>
      house.http.server.app.inject({
        method: 'POST',
        url: '/v1/session/renew',
        headers: { cookie, ...headers },
      });
    expect((await renew({ 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
    expect((await renew(OWN_PAGE)).statusCode).toBe(204);
    expect((await renew(OWN_PAGE)).statusCode).toBe(409);
    await house.clock.advance(PREVIOUS_ID_MS);
    expect((await renew(OWN_PAGE)).statusCode).toBe(401);
  });

  it('that was renewed lasts no longer for it', async () => {
    const browser = await loggedIn('ada', 'acme-corp');
    const ends = async () =>
      ((await (await get(browser, '/v1/session')).json()) as { expires_at: string }).expires_at;
    const before = await ends();
    await house.clock.advance(600_000);
    await change(browser, 'POST', '/v1/session/renew');
    expect(await ends()).toBe(before);
  });
});

describe('sessions of one’s own', () => {
  it('are listed in every tenant, and ended one by one', async () => {
    const [here, there] = [await loggedIn('ada', 'acme-corp'), await loggedIn('ada', 'other-corp')];
    await loggedIn('chief');
    const entries = await list(here, '/v1/session/all');
    expect(entries.map(({ subject }) => subject)).toEqual(['ada', 'ada']);
    const other = entries.find(({ current }) => current === false);
    const ended = await change(here, 'DELETE', `/v1/session/all/${other?.session_id}`);
    expect(ended.status).toBe(204);
    expect([await isIn(here), await isIn(there)]).toEqual([true, false]);
  });

  it('are nobody else’s: ids of others are not there', async () => {
    const [ada, chief] = [await loggedIn('ada', 'acme-corp'), await loggedIn('chief')];
    const [entry] = await list(chief, '/v1/session/all');
    const answer = await change(ada, 'DELETE', `/v1/session/all/${entry?.session_id}`);
    expect(answer.status).toBe(404);
    expect(await isIn(chief)).toBe(true);
  });

  it.each([
    ['GET', '/v1/session/all'],
    ['DELETE', '/v1/session/all/01890000-0000-7000-8000-000000000000'],
    ['POST', '/v1/session/renew'],
  ])('are about a browser: %s %s with a token is 401', async (method, path) => {
    const { authorization = '' } = await house.http.headers({ role: 'tenant_admin' });
    const answer = await house.request(new Browser(), method, path, { authorization, ...OWN_PAGE });
    expect(answer.status).toBe(401);
  });
});

describe('sessions of others', () => {
  it('are listed and ended by an administrator of the tenant, in that tenant only', async () => {
    const [ada, chief, neighbour] = [
      await loggedIn('ada', 'acme-corp'),
      await loggedIn('chief'),
      await loggedIn('neighbour'),
    ];
    const entries = await list(chief, '/v1/sessions');
    expect(entries.map(({ subject }) => subject).sort()).toEqual(['ada', 'chief']);
    expect((await get(ada, '/v1/sessions')).status).toBe(403);
    const [foreign] = await list(neighbour, '/v1/sessions');
    expect((await change(chief, 'DELETE', `/v1/sessions/${foreign?.session_id}`)).status).toBe(404);
    const target = entries.find(({ subject }) => subject === 'ada');
    expect((await change(chief, 'DELETE', `/v1/sessions/${target?.session_id}`)).status).toBe(204);
    expect([await isIn(ada), await isIn(neighbour)]).toEqual([false, true]);
    expect((await auditOf('session.end')).at(-1)).toMatchObject({
      actor: 'chief',
      tenant_id: 'acme-corp',
      object_id: target?.session_id,
      before: { subject: 'ada', role: 'soc_analyst', tenant_id: 'acme-corp' },
    });
  });

  it('end all at once for one person, and stay in other tenants', async () => {
    const browsers = [
      await loggedIn('ada', 'acme-corp'),
      await loggedIn('ada', 'acme-corp'),
      await loggedIn('ada', 'other-corp'),
    ];
    const chief = await loggedIn('chief');
    const answer = await change(chief, 'DELETE', '/v1/sessions?subject=ada');
    expect(await answer.json()).toEqual({ ended: 2 });
    expect(await Promise.all(browsers.map(isIn))).toEqual([false, false, true]);
    expect((await change(chief, 'DELETE', '/v1/sessions')).status).toBe(400);
  });

  it('are listed in pages', async () => {
    for (let round = 0; round < 5; round += 1) await loggedIn('ada', 'acme-corp');
    const chief = await loggedIn('chief');
    const seen: string[] = [];
    let cursor = '';
    do {
      const answer = await get(chief, `/v1/sessions?limit=2${cursor}`);
      const page = (await answer.json()) as { items: Listed[]; next_cursor: string | null };
      seen.push(...page.items.map(({ session_id }) => session_id));
      cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`;
    } while (cursor !== '');
    expect(new Set(seen).size).toBe(6);
    expect(seen).toHaveLength(6);
  });

  it('are all open to the platform’s administrator, and to no other', async () => {
    const [root, chief] = [await loggedIn('root'), await loggedIn('chief')];
    expect((await get(chief, '/v1/platform/sessions')).status).toBe(403);
    const entries = await list(root, '/v1/platform/sessions?subject=chief');
    expect(entries).toMatchObject([{ subject: 'chief', tenant_id: 'acme-corp' }]);
    const path = `/v1/platform/sessions/${entries[0]?.session_id}`;
    expect((await change(root, 'DELETE', path)).status).toBe(204);
    expect(await isIn(chief)).toBe(false);
    expect((await change(root, 'DELETE', path)).status).toBe(404);
  });
});

describe('a logout', () => {
  it('tells where the provider ends its own session, with the token of the login', async () => {
    const browser = await loggedIn('chief');
    const answer = await change(browser, 'POST', '/v1/logout?at_provider=true');
    const { provider_logout_url } = (await answer.json()) as { provider_logout_url: string };
    const url = new URL(provider_logout_url);
    expect(url.origin).toBe(house.provider.issuer);
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe(`${origin}/`);
    expect(url.searchParams.get('id_token_hint')?.split('.')).toHaveLength(3);
    expect((await browser.request(url)).status).toBe(200);
    expect(await isIn(browser)).toBe(false);
  });

  it('without a session tells nothing', async () => {
    const answer = await change(new Browser(), 'POST', '/v1/logout?at_provider=true');
    expect(await answer.json()).toEqual({ provider_logout_url: null });
  });

  it('leaves no identity token readable in the database', async () => {
    await loggedIn('chief');
    const rows = await house.db.database.inPlatform((tx) =>
      tx.selectFrom('login_sessions').selectAll().execute(),
    );
    expect(rows[0]?.id_token_sealed?.length).toBeGreaterThan(100);
    expect(JSON.stringify(rows)).not.toContain('eyJ');
  });
});
