import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { isProblem, type Problem } from '@tocsin/kernel/problem.ts';
import { createLocalJWKSet } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { pemKeys } from './pem-keys.ts';
import {
  part,
  publicJwk,
  sign,
  signHmac,
  signText,
  type TestKey,
  testKey,
} from './testing/forge.ts';
import { TOKEN_LENGTH_MAX, TokenVerifier, VERIFIED_TOKEN_MS_MAX } from './token-verifier.ts';

const ISSUER = 'https://id.example.org/';
const rsa = testKey('RS256', 'k1');
const ec = testKey('ES256', 'k2');
const stranger = testKey('RS256', 'k1');
const clock = new ManualClock();
const now = clock.now() / 1000;
const good = {
  iss: ISSUER,
  aud: 'tocsin',
  sub: 'ada@example.org',
  role: 'soc_analyst',
  tenant_id: 'acme-corp',
  iat: now - 10,
  nbf: now - 10,
  exp: now + 600,
};

let verifier: TokenVerifier;
let ecVerifier: TokenVerifier;

async function open(key: TestKey, at = clock): Promise<TokenVerifier> {
  return new TokenVerifier(
    [{ issuer: ISSUER, audience: 'tocsin', keys: await pemKeys(key.pem) }],
    at,
  );
}

beforeAll(async () => {
  verifier = await open(rsa);
  ecVerifier = await open(ec);
});

async function refusalOf(token: string, by = verifier): Promise<Problem> {
  try {
    await by.verify(token);
  } catch (error) {
    if (isProblem(error)) return error;
    throw error;
  }
  throw new Error('the token was accepted');
}

describe('a good token', () => {
  it.each([
    ['of the claims a caller needs', good],
    ['without nbf and iat', { ...good, nbf: undefined, iat: undefined }],
    ['for several audiences', { ...good, aud: ['other', 'tocsin'] }],
    ['expired within the tolerance', { ...good, exp: now - 59 }],
    ['not valid yet within the tolerance', { ...good, nbf: now + 60 }],
  ])('%s is accepted', async (_name, claims) => {
    expect(await verifier.verify(await sign(rsa, claims))).toEqual({
      subject: 'ada@example.org',
      tenantId: 'acme-corp',
      role: 'soc_analyst',
      expiresAt: claims.exp * 1000,
    });
  });

  it.each([
    'at+jwt',
    'AT+JWT',
    'application/at+jwt',
    'JWT',
    undefined,
  ])('of type %s is accepted', async (typ) => {
    expect(await verifier.verify(await sign(rsa, good, { typ }))).toBeDefined();
  });

  it('signed with P-256 is accepted where that is the issuer’s key', async () => {
    await expect(ecVerifier.verify(await sign(ec, good))).resolves.toBeDefined();
  });

  it('of a service has the permissions its scope names, and no others', async () => {
    const claims = { ...good, sub: 'soar-bot', role: 'service' };
    const scope = 'openid events:write alerts:read tenants:write keys:write alerts:read:all';
    expect(await verifier.verify(await sign(rsa, { ...claims, scope }))).toMatchObject({
      role: 'service',
      tenantId: 'acme-corp',
      scopes: ['events:write', 'alerts:read'],
    });
    for (const none of [undefined, '', ['events:write'], 7]) {
      const token = await sign(rsa, { ...claims, scope: none });
      expect(await verifier.verify(token)).toMatchObject({ scopes: [] });
    }
  });

  it('of a person has the permissions of its role, whatever its scope says', async () => {
    const token = await sign(rsa, { ...good, scope: 'tenants:write' });
    expect(await verifier.verify(token)).not.toHaveProperty('scopes');
  });

  it('of a platform administrator has no tenant, whatever it claims', async () => {
    const { tenant_id: _none, ...claims } = { ...good, role: 'platform_admin' };
    expect(await verifier.verify(await sign(rsa, claims))).toMatchObject({ tenantId: undefined });
    const claimed = await sign(rsa, { ...claims, tenant_id: 'acme-corp' });
    expect(await verifier.verify(claimed)).toMatchObject({ tenantId: undefined });
  });
});

describe('a token is refused (RFC 8725)', () => {
  const jwk = publicJwk(stranger);

  const attacks: [string, () => string | Promise<string>][] = [
    ['without a signature (alg none)', () => `${part({ alg: 'none' })}.${part(good)}.`],
    ['with alg None in other case', () => `${part({ alg: 'nOnE' })}.${part(good)}.`],
    ['signed by HMAC with the public key as secret', () => signHmac(rsa.pem, good)],
    ['signed by another key of the same id', () => sign(stranger, good)],
    ['signed by another allowed algorithm than the key’s', () => sign(ec, good)],
    ['with its own key embedded (jwk)', async () => sign(stranger, good, { jwk: await jwk })],
    [
      'with its own key set named (jku)',
      () => sign(stranger, good, { jku: 'http://127.0.0.1:9/keys' }),
    ],
    [
      'with its own certificate named (x5u)',
      () => sign(stranger, good, { x5u: 'http://127.0.0.1:9/cert' }),
    ],
    ['with a critical header nobody knows', () => forgedCrit()],
    ['with a payload changed after signing', async () => tamper(await sign(rsa, good))],
    ['with its signature cut off', async () => (await sign(rsa, good)).replace(/\.[^.]*$/, '.')],
    ['expired past the tolerance', () => sign(rsa, { ...good, exp: now - 61 })],
    ['without an expiry', () => sign(rsa, { ...good, exp: undefined })],
    ['with an expiry that is no number', () => sign(rsa, { ...good, exp: 'never' })],
    ['with an expiry past all numbers', () => sign(rsa, { ...good, exp: 1e300 })],
    ['not valid yet', () => sign(rsa, { ...good, nbf: now + 62 })],
    ['from another issuer', () => sign(rsa, { ...good, iss: 'https://evil.example.org/' })],
    ['from an issuer that only begins like ours', () => sign(rsa, { ...good, iss: `${ISSUER}x` })],
    ['without an issuer', () => sign(rsa, { ...good, iss: undefined })],
    ['for another audience', () => sign(rsa, { ...good, aud: 'other' })],
    ['without an audience', () => sign(rsa, { ...good, aud: undefined })],
    ['without a subject', () => sign(rsa, { ...good, sub: undefined })],
    ['with an empty subject', () => sign(rsa, { ...good, sub: '' })],
    ['with a subject of 201 characters', () => sign(rsa, { ...good, sub: 'a'.repeat(201) })],
    ['with a line end in its subject', () => sign(rsa, { ...good, sub: 'a\nb' })],
    ['with a bidirectional mark in its subject', () => sign(rsa, { ...good, sub: 'a\u202eb' })],
    ['that poses as a part of the product', () => sign(rsa, { ...good, sub: 'system:pipeline' })],
    ['of another kind: a logout token', () => sign(rsa, good, { typ: 'logout+jwt' })],
    ['of another kind: a security event', () => sign(rsa, good, { typ: 'secevent+jwt' })],
    ['of a type that is no text', () => sign(rsa, good, { typ: 7 })],
    ['without a role', () => sign(rsa, { ...good, role: undefined })],
    ['with an unknown role', () => sign(rsa, { ...good, role: 'admin' })],
    ['with a list of roles', () => sign(rsa, { ...good, role: ['tenant_admin'] })],
    ['with a role every object has', () => sign(rsa, { ...good, role: 'constructor' })],
    ['without a tenant', () => sign(rsa, { ...good, tenant_id: undefined })],
    ['with a tenant id that is a path', () => sign(rsa, { ...good, tenant_id: '../acme' })],
    ['with a list of tenants', () => sign(rsa, { ...good, tenant_id: ['acme-corp'] })],
    ['that poses as an API key', () => sign(rsa, { ...good, sub: 'key:abc' })],
    ['with a critical header, well signed', () => signHead({ crit: ['exp2'], exp2: 1 })],
    ['with a payload that is not encoded (b64)', () => signHead({ crit: ['b64'], b64: false })],
    ['with an empty list of critical headers', () => signHead({ crit: [] })],
    ['with its own certificate embedded (x5c)', () => sign(stranger, good, { x5c: ['MIIB'] })],
    ['with RS384 where the key signs RS256', () => signHead({ alg: 'RS384' })],
    ['with PS256 where the key signs RS256', () => signHead({ alg: 'PS256' })],
    ['with ES256 where the key signs RS256', () => signHead({ alg: 'ES256' })],
    ['with an algorithm in other case', () => signHead({ alg: 'rs256' })],
    ['without an algorithm', () => signHead({ alg: undefined })],
    ['with a list of algorithms', () => signHead({ alg: ['RS256'] })],
    ['signed by HMAC with an empty secret', () => signHmac('', good)],
    ['with one bit of the signature turned', async () => turnBit(await sign(rsa, good))],
    ['whose signature is followed by more', async () => `${await sign(rsa, good)}AAAA`],
    ['whose signature is written in another way', async () => otherBits(await sign(rsa, good))],
    ['whose signature is padded', async () => `${await sign(rsa, good)}==`],
    ['in the alphabet of plain base64', async () => plainBase64(await sign(rsa, good))],
    ['with a space inside', async () => (await sign(rsa, good)).replace('.', '. ')],
    ['with a fourth part', async () => `${await sign(rsa, good)}.`],
    ['whose header is a list', () => signText(rsa, '[]', JSON.stringify(good))],
    ['whose header is no JSON', () => signText(rsa, '{alg:RS256}', JSON.stringify(good))],
    ['whose payload is text', () => signText(rsa, '{"alg":"RS256"}', '"hello"')],
    ['whose payload is null', () => signText(rsa, '{"alg":"RS256"}', 'null')],
    ['with an audience that only contains ours', () => sign(rsa, { ...good, aud: 'tocsin-x' })],
    ['with an audience that is an object', () => sign(rsa, { ...good, aud: { 0: 'tocsin' } })],
    ['with a list of issuers', () => sign(rsa, { ...good, iss: [ISSUER] })],
    ['with an expiry before all times', () => sign(rsa, { ...good, exp: -1 })],
    ['with a beginning that is no number', () => sign(rsa, { ...good, nbf: 'now' })],
    ['with an issue time that is no number', () => sign(rsa, { ...good, iat: 'now' })],
    ['of another kind: a proof of possession', () => sign(rsa, good, { typ: 'dpop+jwt' })],
    ['of another kind: a nested token', () => sign(rsa, good, { typ: 'JWE' })],
    ['of a service without a tenant', () => sign(rsa, { ...good, role: 'service', tenant_id: '' })],
    ['encrypted (five parts)', () => 'a.b.c.d.e'],
    ['that is no token', () => 'hello'],
    ['whose payload is no JSON', () => `${part({ alg: 'RS256' })}.aGVsbG8.aGVsbG8`],
    ['whose payload is a list', () => `${part({ alg: 'RS256' })}.${part([])}.aGVsbG8`],
  ];

  it.each(attacks)('%s', async (_name, forge) => {
    const problem = await refusalOf(await forge());
    expect(problem.code).toBe('unauthenticated');
    expect(problem.status).toBe(401);
  });

  it('longer than the limit, before anything is computed', async () => {
    const [fits, over] = ['a'.repeat(TOKEN_LENGTH_MAX), 'a'.repeat(TOKEN_LENGTH_MAX + 1)];
    expect(() => verifier.verify(over)).toThrow('longer than');
    await expect(refusalOf(fits)).resolves.toMatchObject({
      detail: expect.not.stringContaining('longer'),
    });
  });

  it.each([
    ['of zeros (r = s = 0, CVE-2022-21449)', Buffer.alloc(64)],
    ['of r = 0', Buffer.concat([Buffer.alloc(32), Buffer.alloc(32, 1)])],
    ['of s = 0', Buffer.concat([Buffer.alloc(32, 1), Buffer.alloc(32)])],
    ['of ones past the order of the curve', Buffer.alloc(64, 0xff)],
    ['of 63 bytes', Buffer.alloc(63, 1)],
    ['of 65 bytes', Buffer.alloc(65, 1)],
    ['of nothing', Buffer.alloc(0)],
    ['in DER', Buffer.from('3006020101020101', 'hex')],
  ])('with a P-256 signature %s', async (_name, signature) => {
    const token = await sign(ec, good);
    const forged = token.replace(/[^.]*$/, signature.toString('base64url'));
    expect((await refusalOf(forged, ecVerifier)).status).toBe(401);
  });

  it.each([
    '../../../../dev/null',
    '/etc/passwd',
    "k1' or '1'='1",
    'k1\u0000',
    'http://127.0.0.1:9/keys',
    '__proto__',
    'constructor',
    'k'.repeat(4_000),
    7,
    ['k1'],
    { kid: 'k1' },
    null,
  ])('with the key id %j, for the key is found in our set only', async (kid) => {
    const keySet = createLocalJWKSet({ keys: [await publicJwk(rsa)] });
    const keys = { algorithms: ['RS256'] as const, find: keySet };
    const bySet = new TokenVerifier([{ issuer: ISSUER, audience: 'tocsin', keys }], clock);
    const header = JSON.stringify({ alg: 'RS256', kid });
    expect((await refusalOf(signText(stranger, header, JSON.stringify(good)), bySet)).status).toBe(
      401,
    );
  });

  function signHead(header: object): string {
    return signText(
      rsa,
      JSON.stringify({ alg: 'RS256', kid: 'k1', ...header }),
      JSON.stringify(good),
    );
  }

  function turnBit(token: string): string {
    return token.slice(0, -20) + (token.at(-20) === 'A' ? 'B' : 'A') + token.slice(-19);
  }

  /** The last letter of 256 bytes carries two bits; the other four are for nothing and could be anything. */
  function otherBits(token: string): string {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = letters.charAt(letters.indexOf(token.slice(-1)) + 1);
    const other = token.slice(0, -1) + last;
    const bytesOf = (text: string) => Buffer.from(text.split('.')[2] ?? '', 'base64url');
    expect(bytesOf(other)).toEqual(bytesOf(token));
    return other;
  }

  function plainBase64(token: string): string {
    const [head = '', payload = '', signature = ''] = token.split('.');
    const text = Buffer.from(signature, 'base64url').toString('base64');
    return `${head}.${payload}.${text}`;
  }

  /** No library signs this, so a good signature is put under a header that was not signed: refused either way. */
  async function forgedCrit(): Promise<string> {
    const signed = await sign(rsa, good);
    const head = part({ alg: 'RS256', kid: 'k1', crit: ['exp2'], exp2: 1 });
    return signed.replace(/^[^.]*/, head);
  }

  function tamper(token: string): string {
    const [head = '', , signature = ''] = token.split('.');
    return `${head}.${part({ ...good, role: 'tenant_admin' })}.${signature}`;
  }
});

describe('keys from a PEM file', () => {
  it.each([
    [
      'a private key',
      rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      'private key',
    ],
    ['no key', 'hello', 'not a PEM'],
  ])('refuse %s', async (_name, pem, reason) => {
    await expect(pemKeys(pem)).rejects.toThrow(reason);
  });
});

describe('verified tokens', () => {
  it('are answered from memory without a promise until they expire', async () => {
    const own = new ManualClock();
    const memory = await open(rsa, own);
    const token = await sign(rsa, { ...good, exp: now + 100 });
    const first = await memory.verify(token);
    expect(memory.verify(token)).toBe(first);
    await own.advance(161_000);
    expect((await refusalOf(token, memory)).detail).toContain('expired');
  });

  it('are verified again after five minutes, so that a withdrawn key ends', async () => {
    const own = new ManualClock();
    const memory = await open(rsa, own);
    const token = await sign(rsa, { ...good, exp: now + 3600 });
    await memory.verify(token);
    await own.advance(VERIFIED_TOKEN_MS_MAX);
    expect(memory.verify(token)).toBeInstanceOf(Promise);
  });

  it('are verified once when many requests bring the same new token', async () => {
    const memory = await open(rsa);
    const token = await sign(rsa, { ...good, jti: 'once' });
    const [one, two] = [memory.verify(token), memory.verify(token)];
    expect(one).toBe(two);
    await one;
  });
});
