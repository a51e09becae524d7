import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** That one audit key took over from another. Signed by both, so that who trusts either knows the other. */
export interface KeySuccession {
  /** The key before. */
  readonly former: KeyObject;
  readonly publicKey: KeyObject;
  readonly at: Date;
  readonly byFormer: Buffer;
  readonly byNew: Buffer;
}

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

type Unsigned = Pick<KeySuccession, 'former' | 'publicKey' | 'at'>;

/** Hands the signing over. */
export function succeed(former: KeyPair, next: KeyPair, at: Date): KeySuccession {
  const unsigned = { former: former.publicKey, publicKey: next.publicKey, at };
  const bytes = signedBytes(unsigned);
  return {
    ...unsigned,
    byFormer: sign(null, bytes, former.privateKey),
    byNew: sign(null, bytes, next.privateKey),
  };
}

/** Says whether it is of that key, and both it and the new one made it. */
export function isSuccessionOf(succession: KeySuccession, former: KeyObject): boolean {
  if (publicKeyText(succession.former) !== publicKeyText(former)) return false;
  const bytes = signedBytes(succession);
  return (
    verify(null, bytes, former, succession.byFormer) &&
    verify(null, bytes, succession.publicKey, succession.byNew)
  );
}

/** One line of an export, and of the file of successions. */
export function successionLine(succession: KeySuccession): string {
  return JSON.stringify({
    type: 'key',
    former: publicKeyText(succession.former),
    public_key: publicKeyText(succession.publicKey),
    at: succession.at.toISOString(),
    by_former: succession.byFormer.toString('base64'),
    by_new: succession.byNew.toString('base64'),
  });
}

const LINE =
  /^\{"type":"key","former":"([A-Za-z0-9+/=]{1,200})","public_key":"([A-Za-z0-9+/=]{1,200})","at":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)","by_former":"([A-Za-z0-9+/]{86}==)","by_new":"([A-Za-z0-9+/]{86}==)"\}$/;

/** Reads such a line, or undefined. UNTRUSTED: only {@link isSuccessionOf} says that it is true. */
export function parseSuccession(line: string): KeySuccession | undefined {
  const [, former = '', key = '', at = '', byFormer = '', byNew = ''] = LINE.exec(line) ?? [];
  const publicKey = readPublicKeyText(key);
  const formerKey = readPublicKeyText(former);
  if (publicKey === undefined || formerKey === undefined) return undefined;
  if (Number.isNaN(Date.parse(at))) return undefined;
  const succession = {
    former: formerKey,
    publicKey,
    at: new Date(at),
    byFormer: Buffer.from(byFormer, 'base64'),
    byNew: Buffer.from(byNew, 'base64'),
  };
  // Base64 has spare bits and dates have other spellings: one succession, one line.
  return successionLine(succession) === line ? succession : undefined;
}

/** A public key as exports write it: base64 of its SubjectPublicKeyInfo. */
export function publicKeyText(key: KeyObject): string {
  return key.export({ format: 'der', type: 'spki' }).toString('base64');
}

/** Reads an Ed25519 key in exactly that spelling. UNTRUSTED. */
export function readPublicKeyText(text: string): KeyObject | undefined {
  if (text === '') return undefined;
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' && publicKeyText(key) === text ? key : undefined;
  } catch {
    // Any other text is no key; what OpenSSL says about it helps nobody.
    return undefined;
  }
}

function signedBytes({ former, publicKey, at }: Unsigned): Buffer {
  return Buffer.from(
    `tocsin audit key v1\nformer ${publicKeyText(former)}\nkey ${publicKeyText(publicKey)}\nat ${at.toISOString()}\n`,
  );
}
