import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@tocsin/kernel/clock.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { JWKS_BYTES_MAX, JWKS_COOLDOWN_MS, JWKS_MAX_AGE_MS, remoteKeys } from './remote-keys.ts';
import { publicJwk, sign, testKey } from './testing/forge.ts';
import { TokenVerifier } from './token-verifier.ts';

const old = testKey('ES256', 'old');
const fresh = testKey('RS256', 'fresh');

function setup(fetchKeySet: () => Promise<unknown>) {
  const clock = new ManualClock();
  let fetches = 0;
  const counted = async () => {
    fetches += 1;
    return fetchKeySet();
  };
  const events: string[] = [];
  const keys = remoteKeys('https://id.example.org/keys', clock, counted, (event) => {
    events.push(event);
  });
  const verifier = new TokenVerifier([{ issuer: 'i', audience: 'tocsin', keys }], clock);
  let serial = 0;
  const token = (key = old, header = {}) => {
    serial += 1;
    const exp = clock.now() / 1000 + 3600;
    const claims = {
      iss: 'i',
      aud: 'tocsin',
      sub: `user-${serial}`,
      role: 'auditor',
      tenant_id: 'acme-corp',
      exp,
    };
    return sign(key, claims, header);
  };
  return { clock, verifier, token, events, fetches: () => fetches };
}

describe('keys from a URL', () => {
  it('are fetched once for many tokens', async () => {
    const own = setup(async () => ({ keys: [await publicJwk(old)] }));
    for (let index = 0; index < 20; index += 1) await own.verifier.verify(await own.token());
    expect(own.fetches()).toBe(1);
  });

  it('are fetched once per cooldown however many unknown key ids arrive', async () => {
    const own = setup(async () => ({ keys: [await publicJwk(old)] }));
    await own.verifier.verify(await own.token());
    await own.clock.advance(JWKS_COOLDOWN_MS);
    const flood = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => own.token(old, { kid: `no-${index}` })),
    );
    const results = await Promise.allSettled(
      flood.map(async (token) => own.verifier.verify(token)),
    );
    expect(results.every((result) => result.status === 'rejected')).toBe(true);
    expect(own.fetches()).toBe(2);
    await expect(async () =>
      own.verifier.verify(await own.token(old, { kid: 'no' })),
    ).rejects.toThrow();
    expect(own.fetches()).toBe(2);
    expect(own.events.slice(-2)).toEqual(['fetched', 'held_back']);
  });

  it('follow a rotation as soon as the cooldown allows, and forget the old key', async () => {
    let key = old;
    const own = setup(async () => ({ keys: [await publicJwk(key)] }));
    await own.verifier.verify(await own.token(old));
    key = fresh;
    await expect(own.verifier.verify(await own.token(fresh))).rejects.toThrow('key is not known');
    await own.clock.advance(JWKS_COOLDOWN_MS);
    await expect(own.verifier.verify(await own.token(fresh))).resolves.toBeDefined();
    await expect(own.verifier.verify(await own.token(old))).rejects.toThrow('key is not known');
  });

  it('serve on when a later fetch fails, and answer unavailable when there never were any', async () => {
    let works = true;
    const own = setup(async () => {
      if (!works) throw new Error('down');
      return { keys: [await publicJwk(old)] };
    });
    await own.verifier.verify(await own.token());
    works = false;
    await own.clock.advance(JWKS_MAX_AGE_MS + 1);
    await expect(own.verifier.verify(await own.token())).resolves.toBeDefined();
    const never = setup(async () => {
      throw new Error('down');
    });
    await expect(never.verifier.verify(await never.token())).rejects.toMatchObject({
      code: 'unavailable',
    });
    await expect(never.verifier.verify(await never.token())).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(never.fetches()).toBe(1);
  });

  it.each([
    null,
    {},
    { keys: 'no' },
    { keys: [7] },
    'text',
  ])('answer unavailable for the document %j', async (document) => {
    const own = setup(async () => document);
    await expect(own.verifier.verify(await own.token())).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('ignore symmetric keys in the set', async () => {
    const own = setup(async () => ({
      keys: [{ kty: 'oct', k: 'AAAA', kid: 'old', alg: 'HS256' }],
    }));
    await expect(own.verifier.verify(await own.token())).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });
});

describe('the fetch over HTTP', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  async function serve(handler: Parameters<typeof createServer>[1]): Promise<string> {
    server = createServer(handler);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  }

  async function verifyBy(url: string): Promise<unknown> {
    const keys = remoteKeys(url, systemClock);
    const verifier = new TokenVerifier([{ issuer: 'i', audience: 'tocsin', keys }], systemClock);
    const exp = Math.floor(systemClock.now() / 1000) + 60;
    const token = await sign(old, {
      iss: 'i',
      aud: 'tocsin',
      sub: 'a',
      role: 'auditor',
      tenant_id: 'acme-corp',
      exp,
    });
    return verifier.verify(token);
  }

  it('reads a key set', async () => {
    const set = JSON.stringify({ keys: [await publicJwk(old)] });
    await expect(
      verifyBy(await serve((_request, response) => response.end(set))),
    ).resolves.toBeDefined();
  });

  it.each([
    ['a redirect', 302, { location: 'http://127.0.0.1:9/' }, ''],
    ['an error status', 500, {}, '{}'],
    ['a body over the limit', 200, {}, ' '.repeat(JWKS_BYTES_MAX + 1)],
  ])('refuses %s', async (_name, status, headers, body) => {
    const url = await serve((_request, response) => response.writeHead(status, headers).end(body));
    await expect(verifyBy(url)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
