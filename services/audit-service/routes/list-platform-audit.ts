import { pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { platformRoute, type Route } from '@tocsin/http/route.ts';
import { timeCursors } from '@tocsin/http/time-cursor.ts';
import Type from 'typebox';
import type { AuditDeps } from '../audit-deps.ts';
import { AuditEntry, auditFilterQuery, filterOf } from '../domain/audit-entry.ts';
import { listRows } from '../records.ts';
import { renderEntry } from '../render-entry.ts';

const query = Type.Object(
  {
    ...pageQuery,
    ...auditFilterQuery,
    /** Changes of one tenant only. */
    tenant_id: Type.Optional(Type.String({ minLength: 1, maxLength: 63 })),
  },
  { additionalProperties: false },
);

/** `GET /v1/platform/audit`: who changed tenants and who had tokens minted, newest first. */
export function listPlatformAuditRoute({ database }: AuditDeps): Route {
  return platformRoute({
    method: 'GET',
    path: '/v1/platform/audit',
    operationId: 'listPlatformAudit',
    summary: 'List who changed tenants, newest first',
    tags: ['audit'],
    permission: 'tenants:read',
    query,
    responses: { 200: pageSchema(AuditEntry) },
    handle: async (_principal, { query: asked }) => {
      const after = asked.cursor === undefined ? undefined : timeCursors.read(asked.cursor);
      const filter = { ...filterOf(asked), ofTenant: asked.tenant_id };
      const rows = await database.inPlatform((tx) =>
        listRows(tx, undefined, filter, { limit: asked.limit + 1, after }),
      );
      const page = pageOf(rows, asked.limit, renderEntry, (last) =>
        timeCursors.write({ at: last.at.getTime(), id: last.audit_id }),
      );
      return { status: 200, body: page };
    },
  });
}
