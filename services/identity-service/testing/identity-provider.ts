import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import Provider from 'oidc-provider';

/** A real OpenID provider on loopback, with people and their groups. */
export interface TestProvider {
  readonly issuer: string;
  /** What it says of people, by the name they log in with; tests change it. */
  readonly people: Map<string, Record<string, unknown>>;
  /** Turns off (`false`) or on again whether it answers. */
  answers: boolean;
  /** A token of its key, or of another that only looks like it. */
  sign(claims: JWTPayload, typ?: string, forged?: boolean): Promise<string>;
  close(): Promise<void>;
}

export const CLIENT_ID = 'tocsin';
export const CLIENT_SECRET = 'a secret of the client that is for tests only';

/** Starts a provider that knows one client, whose browser comes back to `origin`. */
export async function startProvider(origin: string): Promise<TestProvider> {
  const state = { answers: true };
  let handle: ReturnType<Provider['callback']> = (_request, response) => response.end();
  const server = createServer((request, response) => {
    if (state.answers) handle(request, response);
    else response.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const people = new Map<string, Record<string, unknown>>();
  const [own, other] = [await newKey(), await newKey()];
  handle = new Provider(issuer, await configuration(origin, people, own)).callback();
  const sign = (claims: JWTPayload, typ = 'logout+jwt', forged = false) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'k1', typ })
      .sign(forged ? other : own);
  return Object.assign(state, { issuer, people, sign, close: () => closeServer(server) });
}

async function newKey() {
  return (await generateKeyPair('RS256', { extractable: true })).privateKey;
}

async function configuration(
  origin: string,
  people: Map<string, Record<string, unknown>>,
  privateKey: Awaited<ReturnType<typeof newKey>>,
) {
  return {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        redirect_uris: [`${origin}/v1/login/callback`],
        post_logout_redirect_uris: [`${origin}/`],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'k1' }] },
    claims: { openid: ['sub'], profile: ['name', 'groups'], email: ['email'] },
    // Claims of the scope in the identity token itself, as most providers do.
    conformIdTokenClaims: false,
    cookies: { keys: ['for tests only'] },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...people.get(id) }),
    }),
    pkce: { required: () => true },
  };
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
