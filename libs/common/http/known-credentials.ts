import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Most credentials remembered; past it the oldest are forgotten. */
export const KNOWN_CREDENTIALS_MAX = 10_000;

/**
 * Credentials that were good a while ago, as hashes. Being here opens nothing: whoever is here is looked at again even
 * when its address showed too many wrong ones, so that an attacker behind the same address locks nobody out.
 */
export class KnownCredentials {
  readonly #known = new Set<string>();

  add(headers: IncomingHttpHeaders): void {
    const key = keyOf(headers);
    this.#known.delete(key);
    this.#known.add(key);
    const [oldest] = this.#known;
    if (this.#known.size > KNOWN_CREDENTIALS_MAX && oldest !== undefined)
      this.#known.delete(oldest);
  }

  has(headers: IncomingHttpHeaders): boolean {
    return this.#known.has(keyOf(headers));
  }
}

/** Wherever a request may carry a credential. */
function keyOf(headers: IncomingHttpHeaders): string {
  const { authorization = '', cookie = '', 'x-api-key': apiKey = '' } = headers;
  return hash('sha256', `${authorization}\n${cookie}\n${apiKey}`, 'base64');
}
