import type { CredentialVerifier } from '@tocsin/auth/credential-verifier.ts';
import type { Principal } from '@tocsin/auth/principal.ts';
import { publicRoute, type Route } from '@tocsin/http/route.ts';
import Type from 'typebox';
import type { CompatDeps } from './compat-deps.ts';
import { alertRoutes } from './routes/alerts.ts';
import { eventsRoute } from './routes/events.ts';
import { ingestRoutes } from './routes/ingest.ts';
import { statsRoute } from './routes/stats.ts';

/** The routes of the two ports that clients of C know (C-021, C-022, C-033). Each port is a server of its own. */
export function createCompatService(deps: CompatDeps): {
  name: string;
  ingestRoutes: readonly Route[];
  alertRoutes: readonly Route[];
} {
  return {
    name: 'compat-service',
    ingestRoutes: [healthRoute('ingest-service'), ...ingestRoutes(deps)],
    alertRoutes: [
      healthRoute('detection-service'),
      ...alertRoutes(deps),
      eventsRoute(deps),
      statsRoute(deps),
    ],
  };
}

function healthRoute(service: string): Route {
  return publicRoute({
    method: 'GET',
    path: '/health',
    operationId: 'compatHealth',
    summary: 'Says that the port answers',
    tags: ['compat'],
    responses: { 200: Type.Object({ status: Type.String(), service: Type.String() }) },
    handle: async () => ({ status: 200, body: { status: 'ok', service } }),
  });
}

/** Credentials of callers who know no header `X-Tenant-ID`: the tenant is that of the token, and a header must equal it. */
export function tenantFromCredential(verifier: CredentialVerifier): CredentialVerifier {
  return {
    async verify(credential) {
      const principal = await verifier.verify(credential);
      return principal.tenantId === undefined ? principal : withoutHeader(principal);
    },
  };
}

/** As keys are: bound to one tenant, so the header may be absent. */
function withoutHeader(principal: Principal): Principal {
  return { ...principal, credential: principal.credential ?? 'api_key' };
}
