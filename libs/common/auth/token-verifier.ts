import { hash } from 'node:crypto';
import type { Clock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { isTenantId } from '@tocsin/kernel/tenant-id.ts';
import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import type { KeySource } from './key-source.ts';
import type { Principal } from './principal.ts';
import { isRole, isScope } from './role.ts';

/** Longest token looked at, in characters. */
export const TOKEN_LENGTH_MAX = 8192;
/** How far the issuer's clock and ours may differ. */
export const CLOCK_TOLERANCE_SECONDS = 60;
/** Most verified tokens remembered; past it the least recently used is forgotten and verified again. */
export const VERIFIED_TOKENS_MAX = 10_000;
/** Longest time a verified token is believed without looking at its key again, so that a withdrawn key ends soon. */
export const VERIFIED_TOKEN_MS_MAX = 5 * 60_000;

/** An issuer whose tokens count, the audience they must name, and its keys. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: KeySource;
}

interface Verified {
  readonly principal: Principal;
  /** Wall time in milliseconds after which the entry is not used. */
  readonly usableUntil: number;
}

/**
 * Verifies access tokens by the rules of RFC 8725: algorithm pinned per issuer, `iss`, `aud`, `exp` and `sub` required,
 * `nbf` and `iat` checked where present, keys only from the issuer's configured source.
 *
 * `typ` may be `at+jwt` (RFC 9068), `JWT` or absent: RFC 9068 asks for the first, most issuers send the second, and a
 * token of another kind (`dpop+jwt`, `logout+jwt`, `secevent+jwt`) is refused. Identity tokens are kept out by the
 * audience (theirs is the client's id) and by the required claim `role`.
 */
export class TokenVerifier {
  readonly #issuers: ReadonlyMap<string, TrustedIssuer>;
  readonly #clock: Clock;
  readonly #verified = new Map<string, Verified>();
  readonly #pending = new Map<string, Promise<Principal>>();

  constructor(issuers: readonly TrustedIssuer[], clock: Clock) {
    this.#issuers = new Map(issuers.map((issuer) => [issuer.issuer, issuer]));
    this.#clock = clock;
  }

  /**
   * Verifies a token. Answers at once, without a promise, when it was verified before (bounded by
   * {@link VERIFIED_TOKENS_MAX} and {@link VERIFIED_TOKEN_MS_MAX}).
   *
   * @param token - UNTRUSTED
   * @throws {@link Problem} `unauthenticated` with the reason, `unavailable` when the issuer's keys cannot be had
   */
  verify(token: string): Principal | Promise<Principal> {
    if (token.length > TOKEN_LENGTH_MAX) {
      throw refused(`the token is longer than ${TOKEN_LENGTH_MAX} characters`);
    }
    const key = hash('sha256', token, 'base64');
    const known = this.#verified.get(key);
    if (known !== undefined) {
      this.#verified.delete(key);
      if (known.usableUntil > this.#clock.now()) {
        this.#verified.set(key, known);
        return known.principal;
      }
    }
    return this.#pending.get(key) ?? this.#verifyOnce(key, token);
  }

  #verifyOnce(key: string, token: string): Promise<Principal> {
    const work = this.#check(token)
      .then((principal) => {
        this.#remember(key, principal);
        return principal;
      })
      .finally(() => this.#pending.delete(key));
    this.#pending.set(key, work);
    return work;
  }

  #remember(key: string, principal: Principal): void {
    const expiry = principal.expiresAt + CLOCK_TOLERANCE_SECONDS * 1000;
    const usableUntil = Math.min(expiry, this.#clock.now() + VERIFIED_TOKEN_MS_MAX);
    this.#verified.set(key, { principal, usableUntil });
    if (this.#verified.size <= VERIFIED_TOKENS_MAX) return;
    const oldest = this.#verified.keys().next();
    if (!oldest.done) this.#verified.delete(oldest.value);
  }

  async #check(token: string): Promise<Principal> {
    try {
      requireCanonical(token);
      const trusted = this.#issuerOf(token);
      const { payload, protectedHeader } = await jwtVerify(token, trusted.keys.find, {
        algorithms: [...trusted.keys.algorithms],
        issuer: trusted.issuer,
        audience: trusted.audience,
        requiredClaims: ['iss', 'aud', 'exp', 'sub'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(this.#clock.now()),
      });
      checkType(protectedHeader.typ);
      return principalOf(payload);
    } catch (error) {
      throw asProblem(error);
    }
  }

  /** Which issuer the token claims to be from; the claim is believed only after that issuer's key verified it. */
  #issuerOf(token: string): TrustedIssuer {
    const { iss } = decodeJwt(token);
    const trusted = iss === undefined ? undefined : this.#issuers.get(iss);
    if (trusted === undefined) throw refused('its issuer (iss) is not trusted here');
    return trusted;
  }
}

/** One token has one text: base64url with bits or padding to spare could be written in many ways (RFC 7515 2). */
function requireCanonical(token: string): void {
  const parts = token.split('.');
  const isCanonical = (part: string) =>
    Buffer.from(part, 'base64url').toString('base64url') === part;
  if (parts.length === 3 && parts.every(isCanonical)) return;
  throw refused('it is malformed');
}

function checkType(typ: unknown): void {
  if (typ === undefined) return;
  const name = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : '';
  if (name !== 'jwt' && name !== 'at+jwt') throw refused('its type (typ) is not an access token');
}

function principalOf(claims: JWTPayload): Principal {
  const { sub, role, tenant_id: tenantId, exp } = claims;
  if (!isSubject(sub)) throw refused('its subject (sub) is not usable');
  const expiresAt = Number(exp) * 1000;
  if (!Number.isSafeInteger(expiresAt)) throw refused('its expiry (exp) is not usable');
  if (role === 'service') return serviceOf(claims, sub, expiresAt);
  if (!isRole(role)) throw refused('its role is missing or unknown');
  if (role === 'platform_admin') return { subject: sub, tenantId: undefined, role, expiresAt };
  if (!isTenantId(tenantId)) throw refused('its tenant_id is missing or malformed');
  return { subject: sub, tenantId, role, expiresAt };
}

/** A service identity: what it may do stands in the claim `scope` (RFC 9068 2.2.3); words that are no scope of ours are left out. */
function serviceOf(claims: JWTPayload, subject: string, expiresAt: number): Principal {
  const { tenant_id: tenantId, scope } = claims;
  if (!isTenantId(tenantId)) throw refused('its tenant_id is missing or malformed');
  const scopes = typeof scope === 'string' ? scope.split(' ').filter(isScope) : [];
  return { subject, tenantId, role: 'service', scopes, expiresAt };
}

/** 1 to 200 printable characters. `system:` and `key:` are ours: audit rows of background work and API keys begin with them. */
export function isSubject(value: unknown): value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > 200) return false;
  return !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(value) && !/^(system|key):/.test(value);
}

function refused(reason: string, cause?: unknown): Problem {
  return new Problem('unauthenticated', { detail: `the token is refused: ${reason}`, cause });
}

/** Every fault of the token is a 401 with the reason; what is not the token's fault stays what it is. */
function asProblem(error: unknown): unknown {
  if (error instanceof Problem) return error;
  if (error instanceof errors.JWTExpired) return refused('it has expired (exp)', error);
  if (error instanceof errors.JWTClaimValidationFailed) {
    return refused(`its claim ${error.claim} is missing or wrong`, error);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return refused('its signature is wrong', error);
  }
  if (error instanceof errors.JWKSNoMatchingKey) return refused('its key is not known', error);
  if (error instanceof errors.JOSEAlgNotAllowed)
    return refused('its algorithm is not allowed', error);
  if (
    error instanceof errors.JOSEError ||
    error instanceof TypeError ||
    error instanceof SyntaxError
  ) {
    return refused('it is malformed', error);
  }
  return error;
}
