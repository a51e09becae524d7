import { hostCookie, readCookie } from '@tocsin/auth/cookie.ts';
import { hashSessionId, SESSION_COOKIE } from '@tocsin/auth/session-verifier.ts';
import { publicRoute, type Route } from '@tocsin/http/route.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import type { IdentityDeps } from '../identity-deps.ts';
import type { LoginDeps } from '../login-deps.ts';
import { endSession } from '../session-records.ts';

/** `POST /v1/logout`: ends the session and takes the cookie away; without a session nothing happens. */
export function logoutRoute(deps: IdentityDeps): Route {
  return publicRoute({
    method: 'POST',
    path: '/v1/logout',
    operationId: 'logout',
    summary: 'Ends the session of this browser',
    tags: ['login'],
    limitedBy: 'none',
    responses: { 204: undefined },
    handle: async ({ headers, requestId }) => {
      if (deps.login !== undefined) await end(deps, deps.login, headers, requestId);
      return { status: 204, headers: { 'set-cookie': hostCookie(SESSION_COOKIE, '', 0) } };
    },
  });
}

async function end(
  { database }: IdentityDeps,
  { sessions }: LoginDeps,
  headers: Parameters<LoginDeps['sessions']['verify']>[0],
  requestId: string,
): Promise<void> {
  const id = readCookie(headers['cookie'], SESSION_COOKIE);
  if (id === undefined) return;
  const sessionHash = hashSessionId(id);
  try {
    const principal = await sessions.verify(headers, 'POST');
    if (principal === undefined) return;
    await database.inPlatform((tx) => endSession(tx, { sessionHash, principal, requestId }));
  } catch (error) {
    // Over already: only the cookie is left to take away.
    if (!isProblem(error, 'unauthenticated')) throw error;
  }
  sessions.forget(sessionHash);
}
