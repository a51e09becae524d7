import type { KeySource } from '@tocsin/auth/key-source.ts';
import { remoteKeys } from '@tocsin/auth/remote-keys.ts';
import type { DatabaseLog } from '@tocsin/database/log.ts';
import { isProblem, Problem } from '@tocsin/kernel/problem.ts';
import type { World } from '@tocsin/kernel/world.ts';
import * as oidc from 'openid-client';
import type { LoginSettings } from './login-settings.ts';
import { type EndedAtProvider, verifyLogoutToken } from './logout-token.ts';

/** Longest wait for an answer of the identity provider, in seconds. */
const ANSWER_SECONDS = 5;
/** Shortest time between two failed tries to read what the provider says of itself. */
const RETRY_MS = 5_000;

/** What the provider said of a person, after every check. */
export interface ProvedPerson {
  /** Claim `sub`. UNTRUSTED text. */
  readonly subject: string;
  /** A name for people. UNTRUSTED text. */
  readonly displayName: string;
  /** The claim that lists groups, as it came. UNTRUSTED. */
  readonly groups: unknown;
  /** The identity token, which the provider asks for when the person logs out there. */
  readonly idToken: string;
  /** What the provider calls the session (claim `sid`), where it says so. UNTRUSTED text. */
  readonly providerSession: unknown;
}

/** What one login must find again when the browser comes back. */
export interface LoginSecrets {
  readonly state: string;
  readonly nonce: string;
  /** PKCE (RFC 7636): proves that who redeems the code is who asked for it. */
  readonly verifier: string;
}

/**
 * The identity provider: authorization code flow with PKCE, state and nonce (OpenID Connect Core 3.1). The signature of
 * identity tokens is verified with the provider's keys, though TLS brought them.
 */
export class OidcProvider {
  readonly #settings: LoginSettings;
  readonly #world: Pick<World, 'clock'>;
  readonly #log: DatabaseLog;
  #logoutKeys: KeySource | undefined;
  #known: oidc.Configuration | undefined;
  #asking: Promise<oidc.Configuration> | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(settings: LoginSettings, world: Pick<World, 'clock'>, log: DatabaseLog) {
    this.#settings = settings;
    this.#world = world;
    this.#log = log;
  }

  /** The address that the browser is sent to. */
  async authorizationUrl({ state, nonce, verifier }: LoginSecrets): Promise<URL> {
    const configuration = await this.#configuration();
    return oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirectUri,
      scope: this.#settings.scope,
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
  }

  /**
   * Redeems the code that the browser brought.
   *
   * @param query - UNTRUSTED: as received, with the leading `?`
   * @throws Problem `invalid_request` when the answer does not belong to this login or proves nothing, `forbidden` when
   *   the provider refused the person, `unavailable` when the provider does not answer
   */
  async redeem(query: string, secrets: LoginSecrets): Promise<ProvedPerson> {
    const configuration = await this.#configuration();
    const { state, nonce, verifier } = secrets;
    try {
      const tokens = await oidc.authorizationCodeGrant(
        configuration,
        new URL(`${this.#redirectUri}${query}`),
        {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        },
      );
      const claims = tokens.claims();
      const { id_token: idToken } = tokens;
      if (claims === undefined || idToken === undefined)
        throw failed('the identity provider sent no identity token');
      const name = claims['name'] ?? claims['preferred_username'] ?? claims['email'] ?? claims.sub;
      return {
        subject: claims.sub,
        displayName: String(name),
        groups: claims[this.#settings.groupsClaim] ?? [],
        idToken,
        providerSession: claims['sid'],
      };
    } catch (error) {
      throw this.#problemOf(error);
    }
  }

  /**
   * Where a browser is sent to log out at the provider too (OpenID Connect RP-Initiated Logout 1.0); it comes back to
   * the start page. `undefined` where the provider has no such place, or does not answer.
   */
  async logoutUrl(idToken: string | undefined): Promise<URL | undefined> {
    try {
      const configuration = await this.#configuration();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
      return oidc.buildEndSessionUrl(configuration, {
        post_logout_redirect_uri: `${this.#settings.origin}/`,
        ...(idToken === undefined ? {} : { id_token_hint: idToken }),
      });
    } catch (error) {
      if (isProblem(error, 'unavailable')) return undefined;
      throw error;
    }
  }

  /**
   * Reads what the provider sends when a session ended there.
   *
   * @param token - UNTRUSTED
   * @throws Problem `invalid_request` for anything but its own word for us, `unavailable` when it does not answer
   */
  async readLogout(token: string): Promise<EndedAtProvider> {
    const configuration = await this.#configuration();
    const { jwks_uri: jwksUri } = configuration.serverMetadata();
    if (jwksUri === undefined) throw away();
    this.#logoutKeys ??= remoteKeys(jwksUri, this.#world.clock);
    const { issuer, clientId } = this.#settings;
    const now = this.#world.clock.now();
    return verifyLogoutToken(token, { issuer, clientId, keys: this.#logoutKeys, now });
  }

  get #redirectUri(): string {
    return `${this.#settings.origin}/v1/login/callback`;
  }

  async #configuration(): Promise<oidc.Configuration> {
    if (this.#known !== undefined) return this.#known;
    if (this.#world.clock.monotonic() - this.#failedAt < RETRY_MS) throw away();
    this.#asking ??= this.#discover().finally(() => {
      this.#asking = undefined;
    });
    this.#known = await this.#asking;
    return this.#known;
  }

  async #discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings;
    const url = new URL(issuer);
    const secret = clientSecret?.reveal();
    try {
      return await oidc.discovery(
        url,
        clientId,
        {},
        secret === undefined ? oidc.None() : oidc.ClientSecretBasic(secret),
        {
          timeout: ANSWER_SECONDS,
          execute: [
            oidc.enableNonRepudiationChecks,
            // Settings allow plain http for loopback only.
            ...(url.protocol === 'http:' ? [oidc.allowInsecureRequests] : []),
          ],
        },
      );
    } catch (error) {
      this.#failedAt = this.#world.clock.monotonic();
      this.#log.warn({ error: wordsOf(error) }, 'the identity provider could not be asked');
      throw away(error);
    }
  }

  #problemOf(error: unknown): unknown {
    if (error instanceof Problem) return error;
    this.#log.warn({ error: wordsOf(error) }, 'a login failed');
    if (error instanceof oidc.AuthorizationResponseError) {
      const refused = error.error === 'access_denied';
      return refused
        ? new Problem('forbidden', {
            detail: 'the identity provider refused the login',
            cause: error,
          })
        : failed('the identity provider answered with an error', error);
    }
    if (error instanceof oidc.ResponseBodyError) {
      return failed('the identity provider did not take the code', error);
    }
    if (error instanceof oidc.ClientError || error instanceof TypeError) {
      return isOutage(error)
        ? away(error)
        : failed('its answer does not belong to this login or proves nothing', error);
    }
    return error;
  }
}

/** `fetch` throws a TypeError with a cause when nothing answers; one without is a mistake in what was received. */
function isOutage(error: oidc.ClientError | TypeError): boolean {
  if (error instanceof oidc.ClientError) return error.code === 'OAUTH_TIMEOUT';
  return error.cause !== undefined;
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? `${String(error.code)}: ` : '';
  return `${code}${error.message}`;
}

function failed(why: string, cause?: unknown): Problem {
  return new Problem('invalid_request', {
    detail: `the login failed (${why}): begin again at /v1/login`,
    cause,
  });
}

function away(cause?: unknown): Problem {
  return new Problem('unavailable', {
    detail: 'the identity provider does not answer: try again',
    retryAfterSeconds: RETRY_MS / 1000,
    cause,
  });
}
