import { writeAudit } from '@tocsin/database/audit.ts';
import { addCaseEntries, caseEntry } from '@tocsin/database/records/case-timeline.ts';
import { notFound, pathId } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import Type from 'typebox';
import type { CaseDeps } from '../case-deps.ts';
import { getCaseForChange } from '../records/cases.ts';

const params = Type.Object({
  id: Type.String({ maxLength: 200, description: 'A UUID' }),
  alert_id: Type.String({ maxLength: 200, description: 'A UUID' }),
});

/** `DELETE /v1/cases/{id}/alerts/{alert_id}`: the alert stays, and stays in its incident. */
export function unlinkAlertRoute({ database, world }: CaseDeps): Route {
  return tenantRoute({
    method: 'DELETE',
    path: '/v1/cases/{id}/alerts/{alert_id}',
    operationId: 'unlinkCaseAlert',
    summary: 'Takes an alert off a case',
    tags: ['cases'],
    permission: 'cases:write',
    params,
    responses: { 204: undefined },
    handle: async (tenant, request) => {
      const caseId = pathId(request.params.id, 'case');
      const alertId = pathId(request.params.alert_id, 'alert');
      const at = new Date(world.clock.now());
      await database.inTenant(tenant, async (tx) => {
        await getCaseForChange(tx, tenant, caseId);
        const removed = await tx
          .deleteFrom('case_alerts')
          .where('tenant_id', '=', tenant.tenantId)
          .where('case_id', '=', caseId)
          .where('alert_id', '=', alertId)
          .returning(['linked_at', 'linked_by'])
          .executeTakeFirst();
        if (removed === undefined) throw notFound('alert of this case', alertId);
        await addCaseEntries(tx, [
          caseEntry(tenant, caseId, `unlinked/${uuidV7(world.clock, world.random)}`, {
            at,
            kind: 'alert_unlinked',
            summary: 'An alert was taken off',
            detail: { alert_id: alertId },
          }),
        ]);
        await writeAudit(tx, tenant, {
          action: 'case.unlink_alert',
          objectType: 'case',
          objectId: caseId,
          before: {
            alert_id: alertId,
            linked_at: removed.linked_at.toISOString(),
            linked_by: removed.linked_by,
          },
          after: null,
          requestId: request.requestId,
        });
      });
      return { status: 204 };
    },
  });
}
