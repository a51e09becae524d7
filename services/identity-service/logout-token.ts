import { type KeySource, TOKEN_ALGORITHMS } from '@tocsin/auth/key-source.ts';
import { CLOCK_TOLERANCE_SECONDS, isSubject } from '@tocsin/auth/token-verifier.ts';
import { isProblem, Problem } from '@tocsin/kernel/problem.ts';
import { type JWTPayload, jwtVerify } from 'jose';

/** What makes a token one of a logout (OpenID Connect Back-Channel Logout 1.0, section 2.4). */
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** How long after it was made a token is taken. */
const AGE_SECONDS_MAX = 300;

/** Whose session ended at the provider: one session, or all of a person. */
export interface EndedAtProvider {
  readonly subject: string | undefined;
  readonly providerSession: string | undefined;
}

/** By whom, for whom, and what time it is (milliseconds). */
export interface LogoutTokenRules {
  readonly issuer: string;
  readonly clientId: string;
  readonly keys: KeySource;
  readonly now: number;
}

/**
 * Verifies what a provider sends when a session ended there. No identity token passes: it has a nonce and no event.
 *
 * @param token - UNTRUSTED
 * @throws {@link Problem} `invalid_request` for anything but a token of the provider for us, `unavailable` when its keys
 *   cannot be had
 */
export async function verifyLogoutToken(
  token: string,
  { issuer, clientId, keys, now }: LogoutTokenRules,
): Promise<EndedAtProvider> {
  const { payload, protectedHeader } = await jwtVerify(token, keys.find, {
    algorithms: [...TOKEN_ALGORITHMS],
    issuer,
    audience: clientId,
    requiredClaims: ['iss', 'aud', 'iat', 'jti', 'events'],
    maxTokenAge: AGE_SECONDS_MAX,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    currentDate: new Date(now),
  }).catch((error: unknown) => {
    throw isProblem(error, 'unavailable') ? error : refused(error);
  });
  const { typ } = protectedHeader;
  if (typ !== undefined && !/^(application\/)?(logout\+jwt|jwt)$/i.test(typ)) throw refused();
  return endedOf(payload);
}

function endedOf({ sub, sid, nonce, events }: JWTPayload): EndedAtProvider {
  const isLogout =
    typeof events === 'object' && events !== null && Object.hasOwn(events, LOGOUT_EVENT);
  if (!isLogout || nonce !== undefined) throw refused();
  if (sub !== undefined && !isSubject(sub)) throw refused();
  if (sid !== undefined && !isSubject(sid)) throw refused();
  if (sub === undefined && sid === undefined) throw refused();
  return { subject: sub, providerSession: sid };
}

function refused(cause?: unknown): Problem {
  return new Problem('invalid_request', {
    detail: 'logout_token: is no logout token of the identity provider for this installation',
    cause,
  });
}
