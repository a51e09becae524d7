import type { CryptoKey, FlattenedJWSInput, JWSHeaderParameters } from 'jose';

/** The only signature algorithms we accept (RFC 8725 3.1). No symmetric one, so a public key can never be a secret. */
export const TOKEN_ALGORITHMS = ['RS256', 'ES256'] as const;

/** One of {@link TOKEN_ALGORITHMS}. */
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

/** Where the public keys of one issuer come from. Never from the token itself: `jwk`, `jku` and `x5u` are not read. */
export interface KeySource {
  /** What the issuer's keys can sign with; others are refused before any key is looked for. */
  readonly algorithms: readonly TokenAlgorithm[];
  /**
   * The key for a token.
   *
   * @param header - UNTRUSTED: only `alg` (one of `algorithms`) and `kid` are used
   * @throws a jose error when no key fits, {@link Problem} `unavailable` when keys cannot be had at all
   */
  find(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey>;
}
