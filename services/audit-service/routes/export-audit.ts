import { Readable } from 'node:stream';
import { platformRoute, type Route, type RouteReply, tenantRoute } from '@tocsin/http/route.ts';
import Type from 'typebox';
import type { AuditDeps } from '../audit-deps.ts';
import { type Chain, platformChain, tenantChain } from '../chain-store.ts';
import { exportChain } from '../export-chain.ts';

const ANSWERS = { 200: Type.String({ description: 'NDJSON; docs/reference/audit-export.md' }) };

/** `GET /v1/audit/export`: the tenant's whole log with its seals, for `tocsin audit verify`. */
export function exportAuditRoute(deps: AuditDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/audit/export',
    operationId: 'exportAudit',
    summary: 'Export the sealed audit log with its signed head',
    tags: ['audit'],
    permission: 'audit:read',
    mediaType: 'application/x-ndjson',
    responses: ANSWERS,
    handle: (tenant) => send(deps, tenantChain(deps.database, tenant)),
  });
}

/** `GET /v1/platform/audit/export`: the same for the platform's log. */
export function exportPlatformAuditRoute(deps: AuditDeps): Route {
  return platformRoute({
    method: 'GET',
    path: '/v1/platform/audit/export',
    operationId: 'exportPlatformAudit',
    summary: 'Export the sealed log of changes of tenants',
    tags: ['audit'],
    permission: 'tenants:read',
    mediaType: 'application/x-ndjson',
    responses: ANSWERS,
    handle: () => send(deps, platformChain(deps.database)),
  });
}

/** What is committed now is sealed first, so that an export shows everything up to its request. */
async function send({ sealer, key, world }: AuditDeps, chain: Chain): Promise<RouteReply> {
  await sealer.seal(chain);
  return {
    status: 200,
    body: Readable.from(exportChain(chain, key, world.clock)),
    headers: { 'content-type': 'application/x-ndjson; charset=utf-8' },
  };
}
