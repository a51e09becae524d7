import { pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { timeCursors } from '@tocsin/http/time-cursor.ts';
import Type from 'typebox';
import type { AuditDeps } from '../audit-deps.ts';
import { AuditEntry, auditFilterQuery, filterOf } from '../domain/audit-entry.ts';
import { listRows } from '../records.ts';
import { renderEntry } from '../render-entry.ts';

/** `GET /v1/audit`: who changed what in this tenant, newest first. */
export function listAuditRoute({ database }: AuditDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/audit',
    operationId: 'listAudit',
    summary: 'List who changed what, newest first',
    tags: ['audit'],
    permission: 'audit:read',
    query: Type.Object({ ...pageQuery, ...auditFilterQuery }, { additionalProperties: false }),
    responses: { 200: pageSchema(AuditEntry) },
    handle: async (tenant, { query }) => {
      const after = query.cursor === undefined ? undefined : timeCursors.read(query.cursor);
      const rows = await database.inTenant(tenant, (tx) =>
        listRows(tx, tenant, filterOf(query), { limit: query.limit + 1, after }),
      );
      const page = pageOf(rows, query.limit, renderEntry, (last) =>
        timeCursors.write({ at: last.at.getTime(), id: last.audit_id }),
      );
      return { status: 200, body: page };
    },
  });
}
