import { assert } from '@tocsin/kernel/assert.ts';
import { isAbsent, replaceFile } from '@tocsin/kernel/disk.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import type { World } from '@tocsin/kernel/world.ts';
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  SignJWT,
} from 'jose';
import type { Role } from './role.ts';
import type { TrustedIssuer } from './token-verifier.ts';

/** Claim `iss` of the local issuer's tokens. */
export const LOCAL_ISSUER = 'urn:tocsin:local';
/** Longest life of a local token (design 6). */
export const LOCAL_TOKEN_SECONDS_MAX = 3600;

const PRIVATE_FILE = 'local-issuer.private.json';
/** File of the public keys in the keys folder, as served at `/.well-known/jwks.json`. */
export const PUBLIC_KEYS_FILE = 'local-issuer.jwks.json';

/** What a local token should say. */
export interface TokenRequest {
  readonly subject: string;
  /** Required for every role but `platform_admin`. */
  readonly tenantId: TenantId | undefined;
  readonly role: Role;
  /** Whole seconds, 1 to {@link LOCAL_TOKEN_SECONDS_MAX}. */
  readonly ttlSeconds: number;
}

/** Signs tokens with a key that never leaves this installation. */
export interface LocalIssuer {
  mint(request: TokenRequest): Promise<string>;
  /** The public keys, as served at `/.well-known/jwks.json`. */
  jwks(): { readonly keys: readonly JWK[] };
  /** Itself as a party to trust. */
  trusted(): TrustedIssuer;
}

/**
 * Opens the local issuer whose ES256 key lies in `folder` (files of mode 0600); makes the key at the first start.
 * Only one process may do that at a time: the lock of the home is held. Others use {@link readLocalIssuer}.
 */
export async function openLocalIssuer(
  world: World,
  folder: string,
  audience: string,
): Promise<LocalIssuer> {
  const privateJwk =
    (await readJwk(world, `${folder}/${PRIVATE_FILE}`)) ?? (await create(world, folder));
  const publicJwk = publicPart(privateJwk);
  const key = await importJWK(privateJwk, 'ES256');
  return {
    jwks: () => ({ keys: [publicJwk] }),
    trusted: () => trustedOf(publicJwk, audience),
    async mint(request) {
      assert(
        Number.isInteger(request.ttlSeconds) &&
          request.ttlSeconds >= 1 &&
          request.ttlSeconds <= LOCAL_TOKEN_SECONDS_MAX,
        `a local token lives 1 to ${LOCAL_TOKEN_SECONDS_MAX} seconds`,
      );
      assert(
        request.role === 'platform_admin' || request.tenantId !== undefined,
        'a token of a role inside a tenant names the tenant',
      );
      const now = Math.floor(world.clock.now() / 1000);
      const tenant = request.tenantId === undefined ? {} : { tenant_id: request.tenantId };
      return new SignJWT({ ...tenant, role: request.role })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: publicJwk.kid ?? '' })
        .setIssuer(LOCAL_ISSUER)
        .setAudience(audience)
        .setSubject(request.subject)
        .setJti(uuidV7(world.clock, world.random))
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + request.ttlSeconds)
        .sign(key);
    },
  };
}

/**
 * The local issuer as a party to trust, for processes that verify but never sign: reads the public file only.
 *
 * @throws the file system's error when {@link openLocalIssuer} has not yet run for this folder
 */
export async function readLocalIssuer(
  world: World,
  folder: string,
  audience: string,
): Promise<TrustedIssuer> {
  const text = (await world.disk.read(`${folder}/${PUBLIC_KEYS_FILE}`)).toString('utf8');
  const { keys } = JSON.parse(text) as { keys: JWK[] };
  const [publicJwk] = keys;
  assert(publicJwk !== undefined, 'the key set of the local issuer has a key');
  return trustedOf(publicJwk, audience);
}

function trustedOf(publicJwk: JWK, audience: string): TrustedIssuer {
  const find = createLocalJWKSet({ keys: [publicJwk] });
  return { issuer: LOCAL_ISSUER, audience, keys: { algorithms: ['ES256'], find } };
}

async function create(world: World, folder: string): Promise<JWK> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(pair.privateKey);
  const privateJwk = { ...jwk, alg: 'ES256', use: 'sig', kid: await calculateJwkThumbprint(jwk) };
  await world.disk.makeFolder(folder);
  await replace(world, `${folder}/${PUBLIC_KEYS_FILE}`, { keys: [publicPart(privateJwk)] });
  await replace(world, `${folder}/${PRIVATE_FILE}`, privateJwk);
  return privateJwk;
}

/** Public first, private last, each in one step: a crash between leaves no private file, so all is made anew. */
async function replace(world: World, path: string, value: unknown): Promise<void> {
  await replaceFile(world.disk, path, Buffer.from(JSON.stringify(value)));
}

async function readJwk(world: World, path: string): Promise<JWK | undefined> {
  try {
    return JSON.parse((await world.disk.read(path)).toString('utf8')) as JWK;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function publicPart(jwk: JWK): JWK {
  const { kty, crv, x, y, alg, use, kid } = jwk;
  return { kty, crv, x, y, alg, use, kid } as JWK;
}
