import { API_KEY_PREFIX } from './api-key.ts';
import type { ApiKeyVerifier } from './api-key-verifier.ts';
import type { Principal } from './principal.ts';
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
}

/** Tokens and API keys; which of them it is, its first letters tell: a token never begins with `tcs_`. */
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
