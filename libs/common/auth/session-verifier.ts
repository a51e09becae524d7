import { hash } from 'node:crypto';
import type { Clock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { readCookie } from './cookie.ts';
import type { Principal } from './principal.ts';
import type { Role } from './role.ts';

/**
 * Name of the cookie of a session. The prefix `__Host-` makes browsers refuse it without `Secure`, with a `Domain`, or
 * for another path than `/`, so no neighbouring host can set it.
 */
export const SESSION_COOKIE = '__Host-tocsin_session';
/** A session ends after so long without a request. */
export const SESSION_IDLE_MS = 30 * 60_000;
/** A session ends after so long whatever happens. */
export const SESSION_MS_MAX = 12 * 3_600_000;
/** How long what was read of a session is believed, so that a logout takes effect everywhere within 5 s. */
export const SESSION_STATE_MS_MAX = 3_000;
/** Most sessions remembered; past it the one read longest ago is read again. */
export const SESSION_STATES_MAX = 10_000;

/** What is stored of a session that is neither idle too long nor over. */
export interface StoredSession {
  readonly subject: string;
  readonly tenantId: TenantId | undefined;
  readonly role: Role;
  /** Wall time in milliseconds: the end whatever happens. */
  readonly expiresAt: number;
  /** Wall time in milliseconds: the end if nothing more comes. */
  readonly idleAt: number;
}

/** Where sessions are stored. */
export interface SessionDirectory {
  /** Reads a live session by the hash of its id, and notes that it is used. @throws Problem `unavailable` */
  find(sessionHash: string): Promise<StoredSession | undefined>;
}

/** Header names in lower case. UNTRUSTED. */
type Headers = Readonly<Record<string, string | string[] | undefined>>;

interface Known {
  readonly session: StoredSession;
  readonly principal: Principal;
  readonly readAt: number;
}

/** Verifies the cookies of people who logged in with a browser, and that what changes things comes from our own pages. */
export class SessionVerifier {
  readonly #directory: SessionDirectory;
  readonly #clock: Clock;
  readonly #origin: string;
  readonly #known = new Map<string, Known>();
  /** How often a session was forgotten: what was read meanwhile may be of one that has ended. */
  #forgotten = 0;

  /** @param origin - scheme, host and port under which browsers reach us */
  constructor(directory: SessionDirectory, clock: Clock, origin: string) {
    this.#directory = directory;
    this.#clock = clock;
    this.#origin = origin;
  }

  /**
   * Says who a cookie speaks for; `undefined` when there is no such cookie.
   *
   * @param headers - UNTRUSTED
   * @param method - of the route; anything but `GET` must come from a page of ours
   * @throws {@link Problem} `unauthenticated` when the session is over, `forbidden` for a foreign page
   */
  verify(headers: Headers, method: string): Principal | Promise<Principal> | undefined {
    const id = readCookie(headers['cookie'], SESSION_COOKIE);
    if (id === undefined) return undefined;
    if (method !== 'GET') this.#requireOwnPage(headers);
    const sessionHash = hashSessionId(id);
    const known = this.#known.get(sessionHash);
    if (known !== undefined && this.#isFresh(known)) return known.principal;
    return this.#read(sessionHash);
  }

  /** Forgets a session that has just ended, so that this process does not wait for the next reading. */
  forget(sessionHash: string): void {
    this.#known.delete(sessionHash);
    this.#forgotten += 1;
  }

  #isFresh({ session, readAt }: Known): boolean {
    const now = this.#clock.now();
    const read = this.#clock.monotonic() - readAt < SESSION_STATE_MS_MAX;
    return read && now < session.expiresAt && now < session.idleAt;
  }

  async #read(sessionHash: string): Promise<Principal> {
    const readAt = this.#clock.monotonic();
    const forgotten = this.#forgotten;
    const session = await this.#directory.find(sessionHash);
    this.#known.delete(sessionHash);
    if (session === undefined) {
      throw new Problem('unauthenticated', {
        detail: 'the session is over: log in again at /v1/login',
      });
    }
    const principal = principalOf(session);
    if (forgotten !== this.#forgotten) return principal;
    const [oldest] = this.#known.keys();
    if (this.#known.size >= SESSION_STATES_MAX && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(sessionHash, { session, principal, readAt });
    return principal;
  }

  /**
   * Browsers add a cookie whoever asks, so what changes things must say where it comes from: `Sec-Fetch-Site`, which
   * pages cannot forge, `Origin`, or both. What says neither is refused.
   */
  #requireOwnPage(headers: Headers): void {
    const { 'sec-fetch-site': site, origin } = headers;
    const isOwnSite = site === undefined || site === 'same-origin';
    const isOwnOrigin = origin === undefined || origin === this.#origin;
    if (isOwnSite && isOwnOrigin && (site !== undefined || origin !== undefined)) return;
    throw new Problem('forbidden', {
      detail: `with a session, changes are taken from pages of ${this.#origin} only: the headers Sec-Fetch-Site and Origin do not say so`,
    });
  }
}

/** The stored form of a session id: ids are random, so a plain hash keeps them secret. */
export function hashSessionId(id: string): string {
  return hash('sha256', id);
}

function principalOf(session: StoredSession): Principal {
  const { subject, tenantId, role, expiresAt } = session;
  return Object.freeze({ subject, tenantId, role, expiresAt, credential: 'session' });
}
