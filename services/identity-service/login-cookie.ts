import { hostCookie, readCookie } from '@tocsin/auth/cookie.ts';
import { TextSealer } from '@tocsin/auth/sealed-text.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { LoginSecrets } from './oidc-provider.ts';

/** Cookie that ties a login to the browser it began in. */
export const LOGIN_COOKIE = '__Host-tocsin_login';
/** How long somebody may take to log in at the identity provider. */
export const LOGIN_SECONDS_MAX = 600;

/** A login under way. */
export interface PendingLogin extends LoginSecrets {
  /** Tenant, or the platform, that was asked for. */
  readonly wanted: string | undefined;
  /** Path to go to afterwards. */
  readonly returnTo: string;
  /** Wall time in milliseconds. */
  readonly endsAt: number;
}

/**
 * Keeps logins under way in the browser itself, sealed: a flood of logins that nobody finishes takes no room here, and
 * any process can finish what another began.
 */
export class LoginCookies {
  readonly #sealer: TextSealer;
  readonly #world: World;

  constructor(key: Uint8Array, world: World) {
    this.#sealer = new TextSealer(key, world.random);
    this.#world = world;
  }

  /** A `Set-Cookie` header for a login that begins now. */
  write(login: Omit<PendingLogin, 'endsAt'>): string {
    const endsAt = this.#world.clock.now() + LOGIN_SECONDS_MAX * 1000;
    const sealed = this.#sealer.seal(JSON.stringify({ ...login, endsAt }));
    return hostCookie(LOGIN_COOKIE, sealed, LOGIN_SECONDS_MAX);
  }

  /**
   * The login under way in a browser; `undefined` when there is none, or it took too long.
   *
   * @param header - UNTRUSTED
   */
  read(header: string | string[] | undefined): PendingLogin | undefined {
    const sealed = readCookie(header, LOGIN_COOKIE);
    const text = sealed === undefined ? undefined : this.#sealer.open(sealed);
    if (text === undefined) return undefined;
    // SAFETY: nobody else can seal.
    const login = JSON.parse(text) as PendingLogin;
    return login.endsAt > this.#world.clock.now() ? login : undefined;
  }
}
