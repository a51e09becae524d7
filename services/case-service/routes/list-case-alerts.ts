import { Alert } from '@tocsin/contracts/alert.ts';
import { alertDocument } from '@tocsin/database/records/alert-document.ts';
import { behindPosition } from '@tocsin/database/records/behind-position.ts';
import { offsetQuery, pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { idParams, pathId } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { timeCursors } from '@tocsin/http/time-cursor.ts';
import Type from 'typebox';
import type { CaseDeps } from '../case-deps.ts';
import { getCase } from '../records/cases.ts';

const LinkedAlert = Type.Object(
  { ...Alert.properties, linked_at: Type.String(), linked_by: Type.String() },
  { title: 'Linked alert' },
);

/** `GET /v1/cases/{id}/alerts`: last linked first. */
export function listCaseAlertsRoute({ database, world }: CaseDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/cases/{id}/alerts',
    operationId: 'listCaseAlerts',
    summary: 'Lists the alerts of a case',
    tags: ['cases'],
    permission: 'cases:read',
    params: idParams,
    query: Type.Object({ ...pageQuery, ...offsetQuery }, { additionalProperties: false }),
    responses: { 200: pageSchema(LinkedAlert) },
    handle: async (tenant, { params, query }) => {
      const caseId = pathId(params.id, 'case');
      const after = query.cursor === undefined ? undefined : timeCursors.read(query.cursor);
      const rows = await database.inTenant(tenant, async (tx) => {
        await getCase(tx, tenant, caseId);
        return tx
          .selectFrom('case_alerts as l')
          .innerJoin('alerts as a', (join) =>
            join.onRef('a.tenant_id', '=', 'l.tenant_id').onRef('a.alert_id', '=', 'l.alert_id'),
          )
          .selectAll('a')
          .select(['l.linked_at', 'l.linked_by'])
          .where('l.tenant_id', '=', tenant.tenantId)
          .where('l.case_id', '=', caseId)
          .$if(after !== undefined, (list) =>
            after === undefined
              ? list
              : list.where(behindPosition('l.linked_at', 'l.alert_id', after)),
          )
          .orderBy('l.linked_at', 'desc')
          .orderBy('l.alert_id', 'desc')
          .limit(query.limit + 1)
          .offset(query.offset)
          .execute();
      });
      const now = world.clock.now();
      const body = pageOf(
        rows,
        query.limit,
        (row) => ({
          ...alertDocument(row, now),
          linked_at: row.linked_at.toISOString(),
          linked_by: row.linked_by,
        }),
        (last) => timeCursors.write({ at: last.linked_at.getTime(), id: last.alert_id }),
      );
      return { status: 200, body };
    },
  });
}
