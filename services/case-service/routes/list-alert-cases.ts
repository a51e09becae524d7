import { Case } from '@tocsin/contracts/case.ts';
import { behindPosition } from '@tocsin/database/records/behind-position.ts';
import { caseDocument } from '@tocsin/database/records/case-record.ts';
import { offsetQuery, pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { idParams, pathId } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { timeCursors } from '@tocsin/http/time-cursor.ts';
import Type from 'typebox';
import type { CaseDeps } from '../case-deps.ts';
import { checkAlerts } from '../records/cases.ts';

/** `GET /v1/alerts/{id}/cases`: the cases an alert is linked to, newest first. */
export function listAlertCasesRoute({ database }: CaseDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/alerts/{id}/cases',
    operationId: 'listAlertCases',
    summary: 'Lists the cases of an alert',
    tags: ['cases'],
    permission: 'cases:read',
    params: idParams,
    query: Type.Object({ ...pageQuery, ...offsetQuery }, { additionalProperties: false }),
    responses: { 200: pageSchema(Case) },
    handle: async (tenant, { params, query }) => {
      const alertId = pathId(params.id, 'alert');
      const after = query.cursor === undefined ? undefined : timeCursors.read(query.cursor);
      const rows = await database.inTenant(tenant, async (tx) => {
        await checkAlerts(tx, tenant, [alertId]);
        return tx
          .selectFrom('case_alerts as l')
          .innerJoin('cases as c', (join) =>
            join.onRef('c.tenant_id', '=', 'l.tenant_id').onRef('c.case_id', '=', 'l.case_id'),
          )
          .selectAll('c')
          .where('l.tenant_id', '=', tenant.tenantId)
          .where('l.alert_id', '=', alertId)
          .$if(after !== undefined, (list) =>
            after === undefined
              ? list
              : list.where(behindPosition('c.created_at', 'c.case_id', after)),
          )
          .orderBy('c.created_at', 'desc')
          .orderBy('c.case_id', 'desc')
          .limit(query.limit + 1)
          .offset(query.offset)
          .execute();
      });
      const body = pageOf(rows, query.limit, caseDocument, (last) =>
        timeCursors.write({ at: last.created_at.getTime(), id: last.case_id }),
      );
      return { status: 200, body };
    },
  });
}
