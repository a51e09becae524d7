import { SESSION_STATE_MS_MAX } from '@tocsin/auth/session-verifier.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './testing/browser.ts';
import { CLIENT_ID } from './testing/identity-provider.ts';
import { type LoginHouse, openLoginHouse } from './testing/login-house.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

let house: LoginHouse;
let ada: Browser;
let other: Browser;

beforeAll(async () => {
  house = await openLoginHouse();
});
afterAll(() => house.close());
beforeEach(async () => {
  house.provider.people.set('eve', { groups: ['acme-soc'] });
  ada = new Browser();
  other = new Browser();
  await house.logIn(ada);
  await house.logIn(other, 'eve');
});

type Claims = Record<string, unknown>;

function claims(change: Claims = {}): Claims {
  const iat = Math.floor(house.clock.now() / 1000);
  const all = {
    iss: house.provider.issuer,
    aud: CLIENT_ID,
    iat,
    exp: iat + 120,
    jti: 'a',
    sub: 'ada',
    events: { [EVENT]: {} },
    ...change,
  };
  return JSON.parse(JSON.stringify(all));
}

function tell(body: string | URLSearchParams) {
  return house.http.server.app.inject({
    method: 'POST',
    url: '/v1/logout/backchannel',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: String(body),
  });
}

const tellToken = (logout_token: string) => tell(new URLSearchParams({ logout_token }));
const isIn = async (browser: Browser) =>
  (await house.request(browser, 'GET', '/probe')).status === 200;

describe('a logout that the provider tells', () => {
  it('ends the sessions of the person and nobody else’s, and is audited', async () => {
    const answer = await tellToken(await house.provider.sign(claims()));
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([204, 'no-store']);
    await house.clock.advance(SESSION_STATE_MS_MAX);
    expect([await isIn(ada), await isIn(other)]).toEqual([false, true]);
    const rows = await house.db.database.inPlatform((tx) =>
      tx.selectFrom('audit_log').selectAll().where('action', '=', 'session.end').execute(),
    );
    expect(rows.at(-1)).toMatchObject({
      actor: 'system:identity-provider',
      before: { subject: 'ada', role: 'soc_analyst', tenant_id: 'acme-corp' },
    });
  });

  it('ends one session where the provider names it', async () => {
    await house.db.database.inPlatform((tx) =>
      tx
        .updateTable('login_sessions')
        .set({ provider_session: 'sid-1' } as never)
        .where('subject', '=', 'eve')
        .execute(),
    );
    const ended = await tellToken(
      await house.provider.sign(claims({ sub: undefined, sid: 'sid-1' })),
    );
    expect(ended.statusCode).toBe(204);
    await tellToken(await house.provider.sign(claims({ sid: 'another' })));
    await house.clock.advance(SESSION_STATE_MS_MAX);
    expect([await isIn(ada), await isIn(other)]).toEqual([true, false]);
  });

  it.each<[string, Claims]>([
    ['another issuer', { iss: 'https://evil.example' }],
    ['another client', { aud: 'another' }],
    ['no event', { events: undefined }],
    ['another event', { events: { 'urn:x': {} } }],
    ['an event that is a list', { events: [EVENT] }],
    ['a nonce, as identity tokens have', { nonce: 'n' }],
    ['nobody named', { sub: undefined }],
    ['a subject of ours', { sub: 'system:x' }],
    ['no id', { jti: undefined }],
    ['no time', { iat: undefined }],
    ['a time long ago', { iat: 1_000, exp: undefined }],
    ['an end that is past', { exp: 1_000 }],
  ])('is refused with %s', async (_name, change) => {
    const answer = await tellToken(await house.provider.sign(claims(change)));
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_request' });
    await house.clock.advance(SESSION_STATE_MS_MAX);
    expect(await isIn(ada)).toBe(true);
  });

  it('is refused from another key, as another kind of token, and as no token at all', async () => {
    const { sign } = house.provider;
    const [head = '', body = ''] = (await sign(claims())).split('.');
    for (const token of [
      await sign(claims(), 'logout+jwt', true),
      await sign(claims(), 'at+jwt'),
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`,
      `${head}.${body}.`,
      'a.b.c',
      'x',
    ]) {
      expect((await tellToken(token)).statusCode).toBe(400);
    }
    for (const form of [
      '',
      'logout_token=',
      'logout_token=a&logout_token=b',
      '{"logout_token":1}',
    ]) {
      expect((await tell(form)).statusCode).toBe(400);
    }
    expect(await isIn(ada)).toBe(true);
  });
});
