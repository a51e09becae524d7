import { crc32 } from 'node:zlib';
import type { Random } from '@tocsin/kernel/random.ts';

/** What every API key begins with, so that scanners for leaked secrets find it. */
export const API_KEY_PREFIX = 'tcs_';
/** Form of the word in a key that says what it is for: `live`, `test`. */
export const API_KEY_ENVIRONMENT_PATTERN = '^[a-z][a-z0-9]{0,11}$';
/** Form of the part of a key that names it; not secret. */
export const API_KEY_ID_PATTERN = '^[0-9A-Za-z]{16}$';
/** Characters of the secret: 256 bits in base 62. */
const SECRET_LENGTH = 43;
const ID_LENGTH = 16;
const CHECK_LENGTH = 6;

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const FORM = /^(tcs_([a-z][a-z0-9]{0,11})_([0-9A-Za-z]{16})_([0-9A-Za-z]{43}))_([0-9A-Za-z]{6})$/;

/** The parts of an API key. Only `secret` is secret. */
export interface ApiKeyParts {
  readonly environment: string;
  readonly keyId: string;
  readonly secret: string;
}

/** Writes `tcs_<environment>_<key id>_<secret>_<checksum>` (design 6). The checksum is CRC-32 over what precedes it. */
export function formatApiKey({ environment, keyId, secret }: ApiKeyParts): string {
  const body = `${API_KEY_PREFIX}${environment}_${keyId}_${secret}`;
  return `${body}_${checksum(body)}`;
}

/**
 * Reads an API key; `undefined` when it is none or its checksum is wrong. A typing error or a made-up key is found
 * here, before anything is looked up.
 *
 * @param text - UNTRUSTED
 */
export function parseApiKey(text: string): ApiKeyParts | undefined {
  const found = FORM.exec(text);
  if (found === null) return undefined;
  const [, body = '', environment = '', keyId = '', secret = '', check] = found;
  return checksum(body) === check ? { environment, keyId, secret } : undefined;
}

/** A fresh key id: 95 random bits. */
export function newKeyId(random: Random): string {
  return randomText(random, ID_LENGTH);
}

/** A fresh secret: 256 random bits. `random` must be the system's. */
export function newKeySecret(random: Random): string {
  return randomText(random, SECRET_LENGTH);
}

function checksum(body: string): string {
  let rest = crc32(body);
  let text = '';
  for (let place = 0; place < CHECK_LENGTH; place += 1) {
    text = ALPHABET.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** Bytes of 248 and more are left out, so that every character is as likely as any other. */
function randomText(random: Random, length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of random.bytes(length)) {
      if (byte < 248 && text.length < length) text += ALPHABET.charAt(byte % 62);
    }
  }
  return text;
}
