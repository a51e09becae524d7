import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_ISSUER, openLocalIssuer, readLocalIssuer } from './local-issuer.ts';
import { openVerifier } from './open-verifier.ts';
import { testKey } from './testing/forge.ts';
import { TokenVerifier } from './token-verifier.ts';

const world = systemWorld();
const analyst = {
  subject: 'ada',
  tenantId: parseTenantId('acme-corp'),
  role: 'soc_analyst',
  ttlSeconds: 60,
} as const;
let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tocsin-issuer-'));
});
afterAll(() => rm(root, { recursive: true }));

describe('the local issuer', () => {
  it('makes its key at the first start, readable by the owner only, and keeps it', async () => {
    const folder = join(root, 'first', 'keys');
    const issuer = await openLocalIssuer(world, folder, 'tocsin');
    const names = await readdir(folder);
    expect(names).toEqual(['local-issuer.jwks.json', 'local-issuer.private.json']);
    for (const name of names) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    const again = await openLocalIssuer(world, folder, 'tocsin');
    expect(again.jwks()).toEqual(issuer.jwks());
  });

  it('publishes no private member', async () => {
    const issuer = await openLocalIssuer(world, join(root, 'public'), 'tocsin');
    const [key] = issuer.jwks().keys;
    expect(Object.keys(key ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });

  it('mints tokens that its trusted form verifies, in this process and in another', async () => {
    const folder = join(root, 'mint');
    const issuer = await openLocalIssuer(world, folder, 'tocsin');
    const token = await issuer.mint(analyst);
    const { iat = 0, ...claims } = decodeJwt(token);
    expect(claims).toMatchObject({
      iss: LOCAL_ISSUER,
      aud: 'tocsin',
      sub: 'ada',
      role: 'soc_analyst',
      tenant_id: 'acme-corp',
      exp: iat + 60,
      nbf: iat,
    });
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    const other = await readLocalIssuer(world, folder, 'tocsin');
    for (const trusted of [issuer.trusted(), other]) {
      const verifier = new TokenVerifier([trusted], world.clock);
      expect(await verifier.verify(token)).toMatchObject({ subject: 'ada', tenantId: 'acme-corp' });
    }
  });

  it.each([0, 1.5, 3601])('refuses to mint for %d seconds', async (ttlSeconds) => {
    const issuer = await openLocalIssuer(world, join(root, 'ttl'), 'tocsin');
    await expect(issuer.mint({ ...analyst, ttlSeconds })).rejects.toThrow('1 to 3600 seconds');
  });

  it('starts over when a crash left the public half only', async () => {
    const folder = join(root, 'crash');
    await openLocalIssuer(world, folder, 'tocsin');
    await rm(join(folder, 'local-issuer.private.json'));
    const issuer = await openLocalIssuer(world, folder, 'tocsin');
    const verifier = new TokenVerifier(
      [await readLocalIssuer(world, folder, 'tocsin')],
      world.clock,
    );
    await expect(verifier.verify(await issuer.mint(analyst))).resolves.toBeDefined();
  });
});

describe('opening a verifier', () => {
  it('trusts the local issuer and an external one side by side', async () => {
    const folder = join(root, 'both');
    const issuer = await openLocalIssuer(world, folder, 'tocsin');
    const pem = join(root, 'key.pem');
    await writeFile(pem, testKey('ES256', 'k').pem);
    const external = { issuer: 'https://id.example.org', publicKeyFile: pem };
    const verifier = await openVerifier(world, {
      audience: 'tocsin',
      external,
      localKeysFolder: folder,
    });
    await expect(verifier.verify(await issuer.mint(analyst))).resolves.toBeDefined();
  });

  it('names the variable when the public key file is unusable', async () => {
    const external = { issuer: 'https://id.example.org', publicKeyFile: join(root, 'absent.pem') };
    const opening = openVerifier(world, {
      audience: 'tocsin',
      external,
      localKeysFolder: undefined,
    });
    await expect(opening).rejects.toThrow('TOCSIN_JWT_PUBLIC_KEY_FILE');
  });
});
