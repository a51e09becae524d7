import { Case } from '@tocsin/contracts/case.ts';
import { caseDocument } from '@tocsin/database/records/case-record.ts';
import { etagOf } from '@tocsin/http/etag.ts';
import { idParams, pathId } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import type { CaseDeps } from '../case-deps.ts';
import { getCase } from '../records/cases.ts';

/** `GET /v1/cases/{id}` */
export function getCaseRoute({ database }: CaseDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/cases/{id}',
    operationId: 'getCase',
    summary: 'Gives one case',
    tags: ['cases'],
    permission: 'cases:read',
    params: idParams,
    responses: { 200: Case },
    handle: async (tenant, { params }) => {
      const caseId = pathId(params.id, 'case');
      const row = await database.inTenant(tenant, (tx) => getCase(tx, tenant, caseId));
      return { status: 200, body: caseDocument(row), headers: { etag: etagOf(row.version) } };
    },
  });
}
