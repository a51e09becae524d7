import { readCookie } from '@tocsin/auth/cookie.ts';
import type { Principal } from '@tocsin/auth/principal.ts';
import { hashSessionId, SESSION_COOKIE } from '@tocsin/auth/session-verifier.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { noLogin } from './domain/no-login.ts';
import type { LoginDeps } from './login-deps.ts';

/** The session that a request comes with. */
export interface OwnSession {
  readonly hash: string;
  readonly principal: Principal;
  readonly login: LoginDeps;
}

/**
 * The session of the browser that asks, for routes that are about it: they take no token and no key.
 *
 * @param headers - UNTRUSTED
 * @param method - of the route; what changes something must come from a page of ours
 * @throws Problem `unauthenticated`, `forbidden`, `not_found` where nobody logs in
 */
export async function ownSession(
  login: LoginDeps | undefined,
  headers: Parameters<LoginDeps['sessions']['verify']>[0],
  method: 'GET' | 'POST' | 'DELETE',
): Promise<OwnSession> {
  if (login === undefined) throw noLogin();
  const id = readCookie(headers['cookie'], SESSION_COOKIE);
  const principal = await login.sessions.verify(headers, method);
  if (id !== undefined && principal !== undefined) {
    return { hash: hashSessionId(id), principal, login };
  }
  throw new Problem('unauthenticated', {
    detail: 'this is about the session of a browser, and there is none: log in at /v1/login',
  });
}
