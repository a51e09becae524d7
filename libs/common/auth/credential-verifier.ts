import { API_KEY_PREFIX } from './api-key.ts';
import type { ApiKeyVerifier } from './api-key-verifier.ts';
import type { Principal } from './principal.ts';
import type { SessionVerifier } from './session-verifier.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** What finds out who a credential speaks for. A `TokenVerifier` alone is one too, for bearer tokens only. */
export interface CredentialVerifier {
  /**
   * Verifies what `Authorization` or `X-API-Key` holds.
   *
   * @param credential - UNTRUSTED
   * @throws Problem `unauthenticated` with the reason, `unavailable` when it cannot be decided now
   */
  verify(credential: string): Principal | Promise<Principal>;
  /**
   * Verifies the cookie of a session; `undefined` when there is none. Absent where no browser comes.
   *
   * @param headers - UNTRUSTED
   * @param method - of the route
   * @throws Problem `unauthenticated`, `forbidden` when a foreign page asks
   */
  verifySession?(
    headers: Readonly<Record<string, string | string[] | undefined>>,
    method: string,
  ): Principal | Promise<Principal> | undefined;
}

/** Tokens and API keys. Its first letters tell a key from a token, which never begins with `tcs_`. */
export function credentialVerifier(
  tokens: TokenVerifier,
  apiKeys: ApiKeyVerifier,
): CredentialVerifier {
  return {
    verify: (credential) =>
      credential.startsWith(API_KEY_PREFIX)
        ? apiKeys.verify(credential)
        : tokens.verify(credential),
  };
}

/** The same and sessions, for a process that browsers talk to. */
export function withSessions(
  verifier: CredentialVerifier,
  sessions: SessionVerifier,
): CredentialVerifier {
  return {
    verify: (credential) => verifier.verify(credential),
    verifySession: (headers, method) => sessions.verify(headers, method),
  };
}
