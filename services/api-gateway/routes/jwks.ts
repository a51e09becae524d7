import { publicRoute, type Route } from '@tocsin/http/route.ts';
import Type from 'typebox';

/** `GET /.well-known/jwks.json`: the public keys that the local issuer signs with; none when there is no local issuer. */
export function jwksRoute(keys: () => Promise<readonly object[]>): Route {
  return publicRoute({
    method: 'GET',
    path: '/.well-known/jwks.json',
    operationId: 'getJwks',
    summary: 'Public keys of the local issuer (RFC 7517)',
    tags: ['meta'],
    responses: {
      200: Type.Object({ keys: Type.Array(Type.Object({}, { additionalProperties: true })) }),
    },
    handle: async () => ({ status: 200, body: { keys: await keys() } }),
  });
}
