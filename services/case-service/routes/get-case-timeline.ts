import { TimelineEntry } from '@tocsin/contracts/incident.ts';
import { behindPosition } from '@tocsin/database/records/behind-position.ts';
import { offsetQuery, pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { idParams, pathId } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { timeCursors } from '@tocsin/http/time-cursor.ts';
import Type from 'typebox';
import type { CaseDeps } from '../case-deps.ts';
import { getCase } from '../records/cases.ts';

/** `GET /v1/cases/{id}/timeline`: what happened to the case, oldest first. */
export function getCaseTimelineRoute({ database }: CaseDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/cases/{id}/timeline',
    operationId: 'getCaseTimeline',
    summary: 'Lists what happened to a case, oldest first',
    tags: ['cases'],
    permission: 'cases:read',
    params: idParams,
    query: Type.Object({ ...pageQuery, ...offsetQuery }, { additionalProperties: false }),
    responses: { 200: pageSchema(TimelineEntry) },
    handle: async (tenant, { params, query }) => {
      const caseId = pathId(params.id, 'case');
      const after = query.cursor === undefined ? undefined : timeCursors.read(query.cursor);
      const rows = await database.inTenant(tenant, async (tx) => {
        await getCase(tx, tenant, caseId);
        return tx
          .selectFrom('case_timeline')
          .selectAll()
          .where('tenant_id', '=', tenant.tenantId)
          .where('case_id', '=', caseId)
          .$if(after !== undefined, (list) =>
            after === undefined
              ? list
              : list.where(behindPosition('at', 'entry_id', after, 'oldestFirst')),
          )
          .orderBy('at')
          .orderBy('entry_id')
          .limit(query.limit + 1)
          .offset(query.offset)
          .execute();
      });
      const body = pageOf(
        rows,
        query.limit,
        (row) => ({
          id: row.entry_id,
          at: row.at.toISOString(),
          kind: row.kind,
          actor: row.actor,
          summary: row.summary,
          detail: row.detail,
        }),
        (last) => timeCursors.write({ at: last.at.getTime(), id: last.entry_id }),
      );
      return { status: 200, body };
    },
  });
}
