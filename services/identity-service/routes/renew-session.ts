import { hostCookie } from '@tocsin/auth/cookie.ts';
import { hashSessionId, SESSION_COOKIE } from '@tocsin/auth/session-verifier.ts';
import { publicRoute, type Route } from '@tocsin/http/route.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { IdentityDeps } from '../identity-deps.ts';
import { ownSession } from '../own-session.ts';
import { randomText } from '../random-text.ts';
import { PREVIOUS_ID_MS, renewSession } from '../session-records.ts';

/** `POST /v1/session/renew`: another id for the same session. Its ends do not move but for the idle one. */
export function renewSessionRoute({ database, world, login }: IdentityDeps): Route {
  return publicRoute({
    method: 'POST',
    path: '/v1/session/renew',
    operationId: 'renewSession',
    summary: `Gives the session of this browser another id; the one before serves ${PREVIOUS_ID_MS / 1000} s more`,
    tags: ['login'],
    limitedBy: 'login',
    responses: { 204: undefined },
    handle: async ({ headers }) => {
      const { hash, principal } = await ownSession(login, headers, 'POST');
      const id = randomText(world.random);
      const now = world.clock.now();
      const renewed = await database.inPlatform((tx) =>
        renewSession(tx, hash, hashSessionId(id), now),
      );
      // Ended a moment ago, or renewed by another page of the same browser, whose answer brings the new id.
      if (!renewed) {
        throw new Problem('conflict', {
          detail: 'this session has another id already, or is over',
        });
      }
      const secondsLeft = Math.max(1, Math.floor((principal.expiresAt - now) / 1000));
      return {
        status: 204,
        headers: {
          'set-cookie': hostCookie(SESSION_COOKIE, id, secondsLeft),
          'cache-control': 'no-store',
        },
      };
    },
  });
}
