import type { TextSealer } from '@tocsin/auth/sealed-text.ts';
import { publicRoute, type Route } from '@tocsin/http/route.ts';
import type { World } from '@tocsin/kernel/world.ts';
import Type from 'typebox';
import { noLogin } from '../domain/no-login.ts';
import type { LoginCookies } from '../login-cookie.ts';
import type { OidcProvider } from '../oidc-provider.ts';
import { randomText } from '../random-text.ts';

const Query = Type.Object(
  {
    as: Type.Optional(
      Type.String({
        pattern: '^(~platform|[a-z0-9][a-z0-9-]{1,61}[a-z0-9])$',
        description: 'The tenant to work in, or ~platform; needed by who has a role in several',
      }),
    ),
    return_to: Type.Optional(
      Type.String({
        // Printable ASCII without backslashes, and no second slash at the start: browsers take those for another host.
        pattern: '^/(?!/)[!-\\[\\]-~]*$',
        maxLength: 500,
        default: '/',
        description: 'Path to go to afterwards',
      }),
    ),
  },
  { additionalProperties: false },
);

/** What the two halves of a login work with. */
export interface LoginParts {
  readonly provider: OidcProvider;
  readonly cookies: LoginCookies;
  /** Keeps identity tokens, which the provider asks for at logout, from whoever reads the database. */
  readonly tokens: TextSealer;
}

/** `GET /v1/login`: sends a browser to the identity provider. */
export function loginRoute(parts: LoginParts | undefined, world: World): Route {
  return publicRoute({
    method: 'GET',
    path: '/v1/login',
    operationId: 'login',
    summary: 'Begins a login: sends the browser to the identity provider',
    tags: ['login'],
    limitedBy: 'login',
    query: Query,
    responses: { 303: undefined },
    handle: async ({ query }) => {
      if (parts === undefined) throw noLogin();
      const secrets = {
        state: randomText(world.random),
        nonce: randomText(world.random),
        verifier: randomText(world.random),
      };
      const to = await parts.provider.authorizationUrl(secrets);
      const login = { ...secrets, wanted: query.as, returnTo: query.return_to ?? '/' };
      return {
        status: 303,
        headers: {
          location: to.href,
          'set-cookie': parts.cookies.write(login),
          'cache-control': 'no-store',
        },
      };
    },
  });
}
