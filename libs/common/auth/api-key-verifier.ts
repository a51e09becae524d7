import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { parseApiKey } from './api-key.ts';
import type { KeyPepper, SecretMac } from './key-pepper.ts';
import { Networks } from './networks.ts';
import type { Principal } from './principal.ts';
import type { Scope } from './role.ts';

/** How long what was read of a key is believed. With the reading itself a revocation takes effect within 5 s (design 6). */
export const KEY_STATE_MS_MAX = 3_000;
/** How long what was read is believed when the secret shown does not fit it: bounds the reads that guesses cause. */
export const WRONG_SECRET_MS = 250;
/** Most keys remembered, unknown ids too; past it the one read longest ago is forgotten and read again. */
export const KEY_STATES_MAX = 10_000;
/** Most key ids that were never seen and are being looked up at once; more are answered 503. */
export const KEY_LOOKUPS_MAX = 64;

/** How often the use of a key is written down. */
export const KEY_USED_EVERY_MS = 10 * 60_000;

/** One of a key's secrets: one, or two while it is rotated. */
export interface KeySecret {
  readonly mac: Uint8Array;
  readonly pepperId: string;
  /** Wall time in milliseconds after which it opens nothing; `undefined` for as long as the key lives. */
  readonly endsAt: number | undefined;
}

/** What is stored of a key. */
export interface StoredKey {
  readonly keyId: string;
  readonly tenantId: TenantId;
  readonly environment: string;
  readonly scopes: readonly Scope[];
  /** The only source it may send events as. */
  readonly source: string | undefined;
  /** Wall time in milliseconds; `undefined` for never. */
  readonly expiresAt: number | undefined;
  /** The only networks it may be used from; anywhere where absent. */
  readonly networks?: readonly string[] | undefined;
  /** Wall time in milliseconds, to {@link KEY_USED_EVERY_MS}; absent when it never was. */
  readonly lastUsedAt?: number | undefined;
  readonly revoked: boolean;
  readonly secrets: readonly KeySecret[];
}

/** Where keys are stored. */
export interface KeyDirectory {
  /** Reads a key, revoked and expired ones too. @throws {@link Problem} `unavailable` */
  find(keyId: string): Promise<StoredKey | undefined>;
  /** Writes down that a key is used, soon and for itself: the request that used it waits for nothing. */
  noteUse?(key: StoredKey): void;
  /** Stores a secret in the form of the present pepper, likewise. */
  renew?(key: StoredKey, old: KeySecret, present: SecretMac): void;
}

interface Known {
  readonly key: StoredKey | undefined;
  readonly principal: Principal | undefined;
  readonly readAt: number;
  /** Whether what its use asks to be written was asked for since it was read. */
  noted: boolean;
}

/**
 * Verifies API keys: checksum, then the key by its id (from memory for {@link KEY_STATE_MS_MAX}), then the HMAC of the
 * secret in constant time, then revocation and expiry. Who shows a wrong secret is not told what else is wrong.
 */
export class ApiKeyVerifier {
  readonly #directory: KeyDirectory;
  readonly #pepper: KeyPepper;
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<Known>>();

  constructor(directory: KeyDirectory, pepper: KeyPepper, clock: Clock) {
    this.#directory = directory;
    this.#pepper = pepper;
    this.#clock = clock;
  }

  /**
   * Says who a key speaks for, without a promise where the key was read a moment ago.
   *
   * @param text - UNTRUSTED
   * @throws {@link Problem} `unauthenticated` with the reason, `unavailable` when the key cannot be looked up
   */
  verify(text: string): Principal | Promise<Principal> {
    const parts = parseApiKey(text);
    if (parts === undefined) {
      throw refused('it is not well-formed or its checksum is wrong; copy it again, whole');
    }
    const { keyId, environment } = parts;
    const macs = this.#pepper.macs(keyId, parts.secret);
    const known = this.#known.get(keyId);
    if (known !== undefined && this.#isFresh(known, macs)) {
      return this.#judge(known, environment, macs);
    }
    return this.#ask(keyId, known === undefined).then((read) =>
      this.#judge(read, environment, macs),
    );
  }

  /** A secret that does not fit may have been given a moment ago: then the key is read again, but not for each guess. */
  #isFresh({ key, readAt }: Known, macs: readonly SecretMac[]): boolean {
    const ageMs = this.#clock.monotonic() - readAt;
    const fits = key === undefined || secretOf(key, macs) !== undefined;
    return ageMs < (fits ? KEY_STATE_MS_MAX : WRONG_SECRET_MS);
  }

  /** Requests that come together ask once. */
  #ask(keyId: string, isNew: boolean): Promise<Known> {
    const running = this.#asking.get(keyId);
    if (running !== undefined) return running;
    if (isNew && this.#asking.size >= KEY_LOOKUPS_MAX) {
      throw new Problem('unavailable', {
        detail: 'too many unknown API keys are being looked up: try again',
        retryAfterSeconds: 1,
      });
    }
    const asking = this.#read(keyId).finally(() => this.#asking.delete(keyId));
    this.#asking.set(keyId, asking);
    return asking;
  }

  async #read(keyId: string): Promise<Known> {
    const readAt = this.#clock.monotonic();
    const key = await this.#directory.find(keyId);
    const known = { key, principal: key && principalOf(key), readAt, noted: false };
    this.#known.delete(keyId);
    const [oldest] = this.#known.keys();
    if (this.#known.size >= KEY_STATES_MAX && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(keyId, known);
    return known;
  }

  #judge(known: Known, environment: string, macs: readonly [SecretMac, ...SecretMac[]]): Principal {
    const { key, principal } = known;
    const now = this.#clock.now();
    const secret = key && secretOf(key, macs);
    if (key === undefined || principal === undefined || secret === undefined) {
      throw refused(
        this.#isOfOtherPepper(key) ? 'it was made with another pepper' : 'it is unknown',
      );
    }
    if (key.environment !== environment) throw refused('it is unknown');
    if (key.revoked) throw refused('it is revoked');
    if (key.expiresAt !== undefined && key.expiresAt <= now) throw refused('it has expired');
    if (secret.endsAt !== undefined && secret.endsAt <= now) {
      throw refused('it was rotated and this secret has ended; use the new one');
    }
    if (!known.noted) this.#note(known, key, secret, macs[0], now);
    return principal;
  }

  /** At most once for each time that the key was read. */
  #note(known: Known, key: StoredKey, secret: KeySecret, present: SecretMac, now: number): void {
    known.noted = true;
    if (now - (key.lastUsedAt ?? 0) >= KEY_USED_EVERY_MS) this.#directory.noteUse?.(key);
    if (secret.pepperId !== present.pepperId) this.#directory.renew?.(key, secret, present);
  }

  /** The one mistake of an operator worth a word: a home restored without its keys folder. */
  #isOfOtherPepper(key: StoredKey | undefined): boolean {
    if (key === undefined || key.secrets.length === 0) return false;
    return !key.secrets.some((one) => this.#pepper.knows(one.pepperId));
  }
}

function secretOf(key: StoredKey, macs: readonly SecretMac[]): KeySecret | undefined {
  return key.secrets.find((one) => macs.some(({ mac }) => timingSafeEqual(one.mac, mac)));
}

function principalOf(key: StoredKey): Principal {
  return Object.freeze({
    subject: `key:${key.keyId}`,
    tenantId: key.tenantId,
    role: 'service',
    scopes: key.scopes,
    expiresAt: key.expiresAt ?? Number.MAX_SAFE_INTEGER,
    credential: 'api_key',
    ...(key.source === undefined ? {} : { source: key.source }),
    ...(key.networks === undefined ? {} : { networks: new Networks(key.networks) }),
  });
}

function refused(reason: string): Problem {
  return new Problem('unauthenticated', { detail: `the API key is refused: ${reason}` });
}
