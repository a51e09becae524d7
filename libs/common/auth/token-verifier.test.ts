import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { isProblem, type Problem } from '@tocsin/kernel/problem.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { pemKeys } from './pem-keys.ts';
import { part, publicJwk, sign, signHmac, type TestKey, testKey } from './testing/forge.ts';
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
