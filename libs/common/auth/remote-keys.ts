import type { Clock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import {
  type CryptoKey,
  createLocalJWKSet,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
} from 'jose';
import { type KeySource, TOKEN_ALGORITHMS } from './key-source.ts';

/** Shortest time between two fetches, whatever tokens arrive: a flood of unknown key ids causes one fetch. */
export const JWKS_COOLDOWN_MS = 30_000;
/** After this long a key set is fetched again before it is used; the old one serves while that fails. */
export const JWKS_MAX_AGE_MS = 10 * 60_000;
/** Longest wait for the issuer. */
export const JWKS_TIMEOUT_MS = 5_000;
/** Largest key set read, in bytes. */
export const JWKS_BYTES_MAX = 256 * 1024;

/** What happens to a key set, for counters. `held_back`: an unknown key id arrived while no fetch is allowed. */
export type KeySetEvent = 'fetched' | 'failed' | 'held_back';

/** Gets the key set document. Replaceable in tests only. */
export type FetchKeySet = (url: string, signal: AbortSignal) => Promise<unknown>;

type LocalSet = ReturnType<typeof createLocalJWKSet>;

/** The keys an issuer publishes at a URL (RFC 7517), cached, followed through rotation, fetched at most once per cooldown. */
export function remoteKeys(
  url: string,
  clock: Clock,
  fetchKeySet: FetchKeySet = fetchJson,
  report: (event: KeySetEvent, error?: unknown) => void = () => undefined,
): KeySource {
  const set = new RemoteKeySet(url, clock, fetchKeySet, report);
  return { algorithms: TOKEN_ALGORITHMS, find: (header, token) => set.find(header, token) };
}

class RemoteKeySet {
  readonly #url: string;
  readonly #clock: Clock;
  readonly #fetch: FetchKeySet;
  readonly #report: (event: KeySetEvent, error?: unknown) => void;
  #keys: LocalSet | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #pending: Promise<void> | undefined;
  #failure: unknown;

  constructor(
    url: string,
    clock: Clock,
    fetchKeySet: FetchKeySet,
    report: (event: KeySetEvent, error?: unknown) => void,
  ) {
    this.#url = url;
    this.#clock = clock;
    this.#fetch = fetchKeySet;
    this.#report = report;
  }

  async find(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    const stale = this.#clock.monotonic() - this.#fetchedAt > JWKS_MAX_AGE_MS;
    if (stale) await this.#refresh();
    const keys = this.#known();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#refresh();
      const renewed = this.#known();
      if (renewed === keys) throw error;
      return renewed(header, token);
    }
  }

  #known(): LocalSet {
    if (this.#keys !== undefined) return this.#keys;
    throw new Problem('unavailable', {
      detail: 'the keys of the token issuer cannot be fetched; see the log and try again',
      retryAfterSeconds: JWKS_COOLDOWN_MS / 1000,
      cause: this.#failure,
    });
  }

  /** Fetches unless one is under way (then waits for it) or the cooldown runs. Failure keeps the old set. */
  #refresh(): Promise<void> {
    if (this.#pending !== undefined) return this.#pending;
    if (this.#clock.monotonic() - this.#triedAt < JWKS_COOLDOWN_MS) {
      this.#report('held_back');
      return Promise.resolve();
    }
    this.#triedAt = this.#clock.monotonic();
    this.#pending = this.#load().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #load(): Promise<void> {
    const abort = new AbortController();
    const cancel = this.#clock.after(JWKS_TIMEOUT_MS, () => abort.abort());
    try {
      const document = await this.#fetch(this.#url, abort.signal);
      // UNTRUSTED until here: createLocalJWKSet refuses anything but an object with an array of keys.
      this.#keys = createLocalJWKSet(document as JSONWebKeySet);
      this.#fetchedAt = this.#clock.monotonic();
      this.#report('fetched');
    } catch (error) {
      this.#failure = error;
      this.#report('failed', error);
    } finally {
      cancel();
    }
  }
}

/** Fetches JSON without following redirects: the operator named this address and no other. */
async function fetchJson(url: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, {
    signal,
    redirect: 'error',
    headers: { accept: 'application/jwk-set+json, application/json' },
  });
  if (!response.ok) throw new Error(`the key set answered with status ${response.status}`);
  const bytes = await readAtMost(response, JWKS_BYTES_MAX);
  return JSON.parse(bytes.toString('utf8'));
}

async function readAtMost(response: Response, bytesMax: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of response.body ?? []) {
    total += chunk.byteLength;
    if (total > bytesMax) throw new Error(`the key set is larger than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
