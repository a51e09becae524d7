import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SESSION_COOKIE } from '@tocsin/auth/session-verifier.ts';
import { freePort } from '@tocsin/http/testing/free-port.ts';
import { Browser } from '@tocsin/identity-service/testing/browser.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshHome, Product, until } from '../harness.ts';
import { type KeycloakAdmin, openRealm, WEB } from './keycloak-admin.ts';

/** A running Keycloak, for example `http://127.0.0.1:8180`; it gets a realm of its own, which is removed again. */
const SERVER = process.env['TOCSIN_TEST_KEYCLOAK_URL'];
const ADMINISTRATOR = {
  user: process.env['TOCSIN_TEST_KEYCLOAK_USER'] ?? 'admin',
  password: process.env['TOCSIN_TEST_KEYCLOAK_PASSWORD'] ?? 'admin',
};
const TENANT = 'acme-corp';
const GROUPS = [
  { group: 'acme-soc', role: 'soc_analyst', tenant_id: TENANT },
  { group: 'msp-platform', role: 'platform_admin' },
];
/** Longest wait after a change of keys: a key set is fetched at most every 30 s, that of the login every 60 s. */
const NEW_KEYS_MS_MAX = 75_000;

describe.skipIf(SERVER === undefined)(
  `with Keycloak (${SERVER ?? 'not run: TOCSIN_TEST_KEYCLOAK_URL names none'})`,
  () => {
    let realm: KeycloakAdmin;
    let product: Product;
    let folder = '';
    let origin = '';

    beforeAll(async () => {
      const port = await freePort();
      origin = `http://127.0.0.1:${port}`;
      folder = await freshHome();
      const name = `tocsin-${process.pid}-${Date.now()}`;
      realm = await openRealm(String(SERVER), ADMINISTRATOR, { name, origin, tenant: TENANT });
      await writeFile(join(folder, 'groups.json'), JSON.stringify(GROUPS));
      await writeFile(join(folder, 'oidc.secret'), WEB.secret, { mode: 0o600 });
      product = await Product.start({
        port,
        environment: {
          TOCSIN_OIDC_ISSUER: realm.issuer,
          TOCSIN_OIDC_CLIENT_ID: WEB.id,
          TOCSIN_OIDC_CLIENT_SECRET_FILE: join(folder, 'oidc.secret'),
          TOCSIN_OIDC_GROUPS_FILE: join(folder, 'groups.json'),
          TOCSIN_PUBLIC_URL: origin,
          TOCSIN_JWT_ISSUER: realm.issuer,
          TOCSIN_JWT_JWKS_URL: `${realm.issuer}/protocol/openid-connect/certs`,
        },
      });
      const root = new Browser();
      expect((await logIn(root, 'root')).status).toBe(303);
      const made = await change(root, 'POST', '/v1/tenants', { tenant_id: TENANT, name: 'Acme' });
      expect(made.status).toBe(201);
    });

    afterAll(async () => {
      await product?.discard();
      await realm?.remove();
      await rm(folder, { recursive: true, force: true });
    });

    async function logIn(browser: Browser, person: string): Promise<Response> {
      return browser.request(await browser.walkUntil(origin, `${origin}/v1/login`, person));
    }

    function change(browser: Browser, method: string, path: string, body?: unknown) {
      return browser.request(`${origin}${path}`, {
        method,
        headers: { origin },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    }

    const whoIs = async (browser: Browser) =>
      (await browser.request(`${origin}/v1/session`)).json();

    it('somebody logs in by code and PKCE, with the role of the group', async () => {
      const ada = new Browser();
      expect((await logIn(ada, 'ada')).status).toBe(303);
      expect(await whoIs(ada)).toMatchObject({
        logged_in: true,
        display_name: 'ada L.',
        role: 'soc_analyst',
        tenant_id: TENANT,
      });
      expect((await ada.request(`${origin}/v1/alerts`)).status).toBe(200);
      expect((await ada.request(`${origin}/v1/tenants`)).status).toBe(403);
    });

    it('nobody gets in whose groups have no role', async () => {
      const eve = new Browser();
      expect((await logIn(eve, 'eve')).status).toBe(403);
      expect(eve.cookies(origin).has(SESSION_COOKIE)).toBe(false);
    });

    it('a logout ends the session there too, and comes back', async () => {
      const ada = new Browser();
      await logIn(ada, 'ada');
      const there = (await realm.sessionsOf('ada')).length;
      const answer = await change(ada, 'POST', '/v1/logout?at_provider=true');
      const { provider_logout_url } = (await answer.json()) as { provider_logout_url: string };
      const back = await ada.request(provider_logout_url);
      expect([back.status, back.headers.get('location')]).toEqual([302, `${origin}/`]);
      expect(await realm.sessionsOf('ada')).toHaveLength(there - 1);
      expect(await whoIs(ada)).toMatchObject({ logged_in: false });
    });

    it('who is logged out there is out here', async () => {
      const ada = new Browser();
      await logIn(ada, 'ada');
      await realm.logOut('ada');
      const isOut = async () => ((await whoIs(ada)) as { logged_in: boolean }).logged_in === false;
      await until('the session has ended', isOut);
    });

    it('a machine sends events with a token of its own, and may do nothing else', async () => {
      const token = await realm.machineToken();
      const body = { category: 'auth', actor: { id: 'user123' } };
      const ask = { token, tenant: TENANT };
      expect((await product.ask('POST', '/v1/ingest/events', { ...ask, body })).status).toBe(202);
      expect((await product.ask('GET', '/v1/events/search', ask)).status).toBe(403);
    });

    it('tokens and logins go on when the keys there change', async () => {
      await realm.rotateKeys();
      const token = await realm.machineToken();
      const body = { category: 'auth' };
      const isAccepted = async () =>
        (await product.ask('POST', '/v1/ingest/events', { token, tenant: TENANT, body })).status ===
        202;
      await until('a token of the new key is taken', isAccepted, NEW_KEYS_MS_MAX);
      const isIn = async () => (await logIn(new Browser(), 'ada')).status === 303;
      await until('a login with the new key succeeds', isIn, NEW_KEYS_MS_MAX);
    }, 180_000);
  },
);
