import { hostCookie, readCookie } from '@tocsin/auth/cookie.ts';
import { hashSessionId, SESSION_COOKIE } from '@tocsin/auth/session-verifier.ts';
import { publicRoute, type Route } from '@tocsin/http/route.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import Type from 'typebox';
import type { IdentityDeps } from '../identity-deps.ts';
import type { LoginDeps } from '../login-deps.ts';
import { findSession } from '../session-directory.ts';
import { endSessions, type SessionRecord } from '../session-records.ts';
import type { LoginParts } from './login.ts';

const Query = Type.Object(
  {
    at_provider: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Whether to tell where the browser goes to log out at the provider too',
      }),
    ),
  },
  { additionalProperties: false },
);

const Ended = Type.Object(
  { provider_logout_url: Type.Union([Type.String(), Type.Null()]) },
  { title: 'End of a session' },
);

/**
 * `POST /v1/logout`: ends the session and takes the cookie away; without a session nothing happens. With `at_provider`
 * the answer says where the page sends the browser next (`null` where the provider has no such place).
 */
export function logoutRoute(deps: IdentityDeps, parts: LoginParts | undefined): Route {
  return publicRoute({
    method: 'POST',
    path: '/v1/logout',
    operationId: 'logout',
    summary: 'Ends the session of this browser',
    tags: ['login'],
    limitedBy: 'none',
    query: Query,
    responses: { 200: Ended, 204: undefined },
    handle: async ({ headers, query, requestId }) => {
      const ended =
        deps.login === undefined ? undefined : await end(deps, deps.login, headers, requestId);
      const answer = {
        'set-cookie': hostCookie(SESSION_COOKIE, '', 0),
        'cache-control': 'no-store',
      };
      if (query.at_provider !== true) return { status: 204, headers: answer };
      const url = ended && (await parts?.provider.logoutUrl(idTokenOf(parts, ended)));
      return { status: 200, body: { provider_logout_url: url?.href ?? null }, headers: answer };
    },
  });
}

/** Absent where the pepper was changed since: the provider asks the person then. */
function idTokenOf({ tokens }: LoginParts, { id_token_sealed: sealed }: SessionRecord) {
  return sealed === null ? undefined : tokens.open(sealed);
}

async function end(
  { database, world }: IdentityDeps,
  { sessions }: LoginDeps,
  headers: Parameters<LoginDeps['sessions']['verify']>[0],
  requestId: string,
): Promise<SessionRecord | undefined> {
  const id = readCookie(headers['cookie'], SESSION_COOKIE);
  if (id === undefined) return undefined;
  const hash = hashSessionId(id);
  try {
    const principal = await sessions.verify(headers, 'POST');
    if (principal === undefined) return undefined;
    return await database.inPlatform(async (tx) => {
      const row = await findSession(tx, hash, world.clock.now());
      if (row !== undefined) await endSessions(tx, [row], { principal, requestId });
      return row;
    });
  } catch (error) {
    // Over already: only the cookie is left to take away.
    if (!isProblem(error, 'unauthenticated')) throw error;
    return undefined;
  } finally {
    sessions.forget(hash);
  }
}
