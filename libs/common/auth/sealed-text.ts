import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import type { Random } from '@tocsin/kernel/random.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals short texts that travel through a browser, so that it can neither read nor change them (AES-256-GCM). */
export class TextSealer {
  readonly #key: KeyObject;
  readonly #random: Random;

  /** @param key - 32 bytes, used for nothing else */
  constructor(key: Uint8Array, random: Random) {
    this.#key = createSecretKey(key);
    this.#random = random;
  }

  /** Seals a text; base64url. Each time another result. */
  seal(text: string): string {
    const nonce = this.#random.bytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url');
  }

  /**
   * Opens what {@link TextSealer.seal} gave; `undefined` for anything else.
   *
   * @param sealed - UNTRUSTED
   */
  open(sealed: string): string | undefined {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const end = bytes.length - TAG_BYTES;
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(bytes.subarray(end));
    const text = decipher.update(bytes.subarray(NONCE_BYTES, end));
    try {
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }
}
