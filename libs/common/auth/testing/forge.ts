import { createHmac, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import { CompactSign, exportJWK, type JWK } from 'jose';

/** A key pair that signs tokens in tests. */
export interface TestKey {
  readonly alg: 'RS256' | 'ES256';
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** Public key as PEM (SPKI). */
  readonly pem: string;
}

/** Makes a key pair. */
export function testKey(alg: 'RS256' | 'ES256', kid: string): TestKey {
  const pair =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { alg, kid, pem, ...pair };
}

/** The public half as a member of a key set. */
export async function publicJwk(key: TestKey): Promise<JWK> {
  return { ...(await exportJWK(key.publicKey)), kid: key.kid, alg: key.alg, use: 'sig' };
}

/** Signs any header and claims, also ones no honest issuer would. */
export function sign(
  key: TestKey,
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header })
    .sign(key.privateKey);
}

/** Signs exactly these texts, also ones that are no JSON or that no library would sign. */
export function signText(key: TestKey, header: string, payload: string): string {
  const body = `${textPart(header)}.${textPart(payload)}`;
  const signature = signBytes('sha256', Buffer.from(body), {
    key: key.privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${body}.${signature.toString('base64url')}`;
}

function textPart(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/** A token whose signature is an HMAC, as in the attack that takes a public key for a secret. */
export function signHmac(secret: string, claims: Readonly<Record<string, unknown>>): string {
  const head = part({ alg: 'HS256', typ: 'JWT' });
  const body = `${head}.${part(claims)}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

/** One part of a token. */
export function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
