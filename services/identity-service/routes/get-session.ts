import { mayDo } from '@tocsin/auth/authenticate.ts';
import { readCookie } from '@tocsin/auth/cookie.ts';
import type { Principal } from '@tocsin/auth/principal.ts';
import { PERMISSIONS } from '@tocsin/auth/role.ts';
import { hashSessionId, SESSION_COOKIE } from '@tocsin/auth/session-verifier.ts';
import { publicRoute, type Route } from '@tocsin/http/route.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import Type from 'typebox';
import type { IdentityDeps } from '../identity-deps.ts';
import { findSession } from '../session-directory.ts';

const Session = Type.Object(
  {
    logged_in: Type.Boolean(),
    login_available: Type.Boolean({ description: 'Whether an identity provider is set up' }),
    subject: Type.Optional(Type.String()),
    display_name: Type.Optional(Type.String()),
    role: Type.Optional(Type.String()),
    tenant_id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    permissions: Type.Optional(Type.Array(Type.String())),
    expires_at: Type.Optional(Type.String({ format: 'date-time' })),
  },
  { title: 'Session' },
);

/** `GET /v1/session`: who the browser that asks is logged in as; never a refusal, so that a page can ask first. */
export function getSessionRoute({ database, world, login }: IdentityDeps): Route {
  return publicRoute({
    method: 'GET',
    path: '/v1/session',
    operationId: 'getSession',
    summary: 'Says who this browser is logged in as',
    tags: ['login'],
    limitedBy: 'none',
    responses: { 200: Session },
    handle: async ({ headers }) => {
      const nobody = { logged_in: false, login_available: login !== undefined };
      const id = readCookie(headers['cookie'], SESSION_COOKIE);
      const principal =
        id === undefined ? undefined : await whoIs(login?.sessions.verify(headers, 'GET'));
      if (id === undefined || principal === undefined) return reply(nobody);
      const displayName = await database.inPlatform(
        async (tx) => (await findSession(tx, hashSessionId(id), world.clock.now()))?.display_name,
      );
      return reply({
        ...nobody,
        logged_in: true,
        subject: principal.subject,
        display_name: displayName ?? principal.subject,
        role: principal.role,
        tenant_id: principal.tenantId ?? null,
        permissions: PERMISSIONS.filter((permission) => mayDo(principal, permission)),
        expires_at: new Date(principal.expiresAt).toISOString(),
      });
    },
  });
}

async function whoIs(
  verified: Principal | Promise<Principal> | undefined,
): Promise<Principal | undefined> {
  try {
    return await verified;
  } catch (error) {
    if (isProblem(error, 'unauthenticated')) return undefined;
    throw error;
  }
}

function reply(body: object) {
  return { status: 200, body, headers: { 'cache-control': 'no-store' } };
}
