import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sign, testKey } from '../../libs/common/auth/testing/forge.ts';
import { freshHome, Product, tocsin } from './harness.ts';

const ISSUER = 'https://login.example.com/realms/soc';
const TENANT = 'acme-corp';
const rsa = testKey('RS256', 'key-1');

describe('an issuer outside (RS256, one public key in a file)', () => {
  let product: Product;
  let folder = '';

  beforeAll(async () => {
    folder = await freshHome();
    const file = join(folder, 'issuer.pem');
    await writeFile(file, rsa.pem);
    product = await Product.start({
      environment: { TOCSIN_JWT_ISSUER: ISSUER, TOCSIN_JWT_PUBLIC_KEY_FILE: file },
    });
    const token = await outside({ role: 'platform_admin', tenant_id: undefined });
    const body = { tenant_id: TENANT, name: 'A', retention_days: 30, data_residency: 'eu' };
    expect((await product.ask('POST', '/v1/tenants', { token, body })).status).toBe(201);
  });

  afterAll(async () => {
    await product?.discard();
    await rm(folder, { recursive: true, force: true });
  });

  function outside(change: object = {}, key = rsa): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: ISSUER, aud: 'tocsin', sub: 'ada', iat: now, exp: now + 600 };
    const all = { ...claims, role: 'soc_analyst', tenant_id: TENANT, ...change };
    return sign(key, JSON.parse(JSON.stringify(all)));
  }

  it('has its tokens accepted, from ingest to search (A-032)', async () => {
    const token = await outside();
    const posted = await product.ask('POST', '/v1/ingest/events', {
      token,
      tenant: TENANT,
      body: { category: 'auth', actor: { id: 'user123' } },
    });
    expect(posted.status).toBe(202);
    const found = await product.ask('GET', '/v1/events/search', { token, tenant: TENANT });
    expect(found.status).toBe(200);
  });

  it('is the only one: a local token is neither minted nor accepted', async () => {
    const minted = await tocsin([
      'token',
      '--home',
      product.home,
      '--tenant',
      TENANT,
      '--role',
      'soc_analyst',
    ]);
    expect(minted.status).toBe(1);
    expect(minted.stderr).toContain(ISSUER);
    expect((await product.ask('GET', '/.well-known/jwks.json')).body).toEqual({ keys: [] });
    const local = await outside({ iss: 'urn:tocsin:local' });
    const answer = await product.ask('GET', '/v1/cases', { token: local, tenant: TENANT });
    expect(answer.status).toBe(401);
  });

  it.each([
    ['of another audience', () => outside({ aud: 'other' })],
    ['of another issuer', () => outside({ iss: 'https://evil.example' })],
    ['that is over', () => outside({ exp: Math.floor(Date.now() / 1000) - 400 })],
    ['signed by another key', () => outside({}, testKey('RS256', 'key-1'))],
    ['signed by a key of another kind', () => outside({}, testKey('ES256', 'key-1'))],
  ])('has a token %s refused', async (_name, token) => {
    const answer = await product.ask('GET', '/v1/cases', { token: await token(), tenant: TENANT });
    expect(answer.status).toBe(401);
  });
});

describe('settings that would leave the door open', () => {
  it.each([
    [{ TOCSIN_JWT_ISSUER: ISSUER }, 'TOCSIN_JWT_ISSUER'],
    [{ TOCSIN_HOST: '0.0.0.0' }, 'TOCSIN_HOST'],
    [{ TOCSIN_LOCAL_ISSUER: 'off' }, 'TOCSIN_LOCAL_ISSUER'],
  ] as const)('are refused at the start, by name: %o', async (environment, named) => {
    const home = await freshHome();
    const { status, stderr } = await tocsin(['up', '--home', home, '--port', '0'], environment);
    await rm(home, { recursive: true, force: true });
    expect(status).not.toBe(0);
    expect(stderr).toContain(named);
  });
});
