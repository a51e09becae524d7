import { hostCookie, readCookie } from '@tocsin/auth/cookie.ts';
import type { Principal } from '@tocsin/auth/principal.ts';
import { hashSessionId, SESSION_COOKIE, SESSION_MS_MAX } from '@tocsin/auth/session-verifier.ts';
import { isSubject } from '@tocsin/auth/token-verifier.ts';
import { DEFAULT_QUOTA } from '@tocsin/contracts/tenant-quota.ts';
import { publicRoute, type Route } from '@tocsin/http/route.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import Type from 'typebox';
import { chooseGrant, grantsOf } from '../domain/group-grants.ts';
import { noLogin } from '../domain/no-login.ts';
import type { IdentityDeps } from '../identity-deps.ts';
import { notePerson } from '../known-people.ts';
import type { PendingLogin } from '../login-cookie.ts';
import type { ProvedPerson } from '../oidc-provider.ts';
import { randomText } from '../random-text.ts';
import { findSession } from '../session-directory.ts';
import { beginSession, endSessions } from '../session-records.ts';
import type { LoginParts } from './login.ts';

const text = (description: string) => Type.Optional(Type.String({ maxLength: 4_096, description }));

const Query = Type.Object(
  {
    code: text('What the provider gave for the person'),
    state: text('Ties the answer to the login'),
    iss: text('Who answers (RFC 9207)'),
    error: text('Why there is no code'),
    error_description: text('The same in words'),
    error_uri: text('A page about it'),
    session_state: text('For session management at the provider; not used'),
  },
  { additionalProperties: true },
);

/** `GET /v1/login/callback`: the browser comes back from the identity provider, and a session begins. */
export function loginCallbackRoute(deps: IdentityDeps, parts: LoginParts | undefined): Route {
  return publicRoute({
    method: 'GET',
    path: '/v1/login/callback',
    operationId: 'finishLogin',
    summary: 'Ends a login: the browser comes back from the identity provider',
    tags: ['login'],
    limitedBy: 'login',
    query: Query,
    responses: { 303: undefined },
    handle: async ({ query, headers, requestId }) => {
      if (parts === undefined || deps.login === undefined) throw noLogin();
      const login = parts.cookies.read(headers['cookie']);
      if (login === undefined) throw notBegun();
      const person = await parts.provider.redeem(queryText(query), login);
      const id = randomText(deps.world.random);
      const before = readCookie(headers['cookie'], SESSION_COOKIE);
      await begin(deps, parts, { login, person, id, before, requestId });
      return {
        status: 303,
        headers: {
          location: login.returnTo,
          'set-cookie': hostCookie(SESSION_COOKIE, id, SESSION_MS_MAX / 1000),
          'cache-control': 'no-store',
        },
      };
    },
  });
}

interface Beginning {
  readonly login: PendingLogin;
  readonly person: ProvedPerson;
  readonly id: string;
  /** UNTRUSTED: the session that the browser had until now. */
  readonly before: string | undefined;
  readonly requestId: string;
}

/** Who logs in again, or as another role, leaves no session of this browser behind. */
async function begin(
  { database, world, login: setup, peopleMax = DEFAULT_QUOTA.users }: IdentityDeps,
  { tokens }: LoginParts,
  { login, person, id, before, requestId }: Beginning,
): Promise<void> {
  if (!isSubject(person.subject)) {
    throw new Problem('forbidden', {
      detail: 'the identity provider names a subject that cannot be used',
    });
  }
  const grants = grantsOf(setup?.settings.grants ?? [], person.groups);
  const { role, tenantId } = chooseGrant(grants, login.wanted);
  const now = world.clock.now();
  const principal: Principal = {
    subject: person.subject,
    tenantId,
    role,
    expiresAt: now + SESSION_MS_MAX,
    credential: 'session',
  };
  await database.inPlatform(async (tx) => {
    if (tenantId !== undefined) {
      const tenant = await tx
        .selectFrom('tenants')
        .select(['status', 'quota'])
        .where('tenant_id', '=', tenantId)
        .executeTakeFirst();
      if (tenant?.status !== 'active') {
        throw new Problem('forbidden', { detail: `the tenant ${tenantId} is not active` });
      }
      const { subject } = person;
      await notePerson(tx, {
        tenantId,
        subject,
        now,
        peopleMax: tenant.quota.users ?? peopleMax,
      });
    }
    const old =
      before === undefined ? undefined : await findSession(tx, hashSessionId(before), now);
    if (old !== undefined) await endSessions(tx, [old], { principal, requestId });
    await beginSession(tx, {
      sessionId: uuidV7(world.clock, world.random),
      sessionHash: hashSessionId(id),
      principal,
      displayName: plain(person.displayName),
      now,
      requestId,
      idTokenSealed: tokens.seal(person.idToken),
      providerSession: providerSessionOf(person.providerSession),
    });
  });
  if (before !== undefined) setup?.sessions.forget(hashSessionId(before));
}

function providerSessionOf(claim: unknown): string | null {
  return isSubject(claim) ? claim : null;
}

/** UNTRUSTED text for show: no characters that steer, 200 at most. */
function plain(name: string): string {
  return [...name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, ' ')].slice(0, 200).join('');
}

/** What came, as text again, for the library that judges it. */
function queryText(query: object): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) parameters.append(name, String(one));
  }
  return `?${parameters}`;
}

function notBegun(): Problem {
  return new Problem('invalid_request', {
    detail:
      'no login is under way in this browser, or it took longer than 10 minutes: begin again at /v1/login',
  });
}
