import { createHmac, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Product } from '../harness.ts';

/** A part of a token. */
export function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Claims of a token with some changed. */
export function rewritten(claims: string, change: object): string {
  return part({ ...JSON.parse(Buffer.from(claims, 'base64url').toString()), ...change });
}

/** Signed by the installation's own key, as no honest issuer would. */
export function signedByHome(home: string, head: string, claims: string): string {
  const jwk = JSON.parse(readFileSync(join(home, 'keys', 'local-issuer.private.json'), 'utf8'));
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
  const signature = sign('sha256', Buffer.from(`${head}.${claims}`), key);
  return `${head}.${claims}.${signature.toString('base64url')}`;
}

/** Signed by a key of the same kind that is not ours. */
export function foreignToken(head: string, claims: string): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
  const signature = sign('sha256', Buffer.from(`${head}.${claims}`), key);
  return `${head}.${claims}.${signature.toString('base64url')}`;
}

/** The attack that takes a public key for a secret (RFC 8725 section 2.1). */
export async function hmacToken(product: Product, claims: string): Promise<string> {
  const { keys } = (await product.ask('GET', '/.well-known/jwks.json')).body;
  const signed = `${part({ alg: 'HS256', typ: 'JWT', kid: keys[0].kid })}.${claims}`;
  const mac = createHmac('sha256', JSON.stringify(keys[0])).update(signed).digest('base64url');
  return `${signed}.${mac}`;
}
