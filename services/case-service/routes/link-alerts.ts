import { writeAudit } from '@tocsin/database/audit.ts';
import { linkAlerts } from '@tocsin/database/records/case-alert-link.ts';
import { idParams, pathId, uuidText } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import Type, { type Static } from 'typebox';
import type { CaseDeps } from '../case-deps.ts';
import { LINKED_ALERTS_MAX } from '../domain/case-input.ts';
import { checkAlerts, getCase } from '../records/cases.ts';

const body = Type.Object(
  {
    alert_id: Type.Optional(uuidText),
    alert_ids: Type.Optional(Type.Array(uuidText, { minItems: 1, maxItems: LINKED_ALERTS_MAX })),
  },
  { additionalProperties: false, minProperties: 1, title: 'Alerts to link: alert_id or alert_ids' },
);

const result = Type.Object({
  case_id: Type.String(),
  linked: Type.Array(Type.String()),
  already_linked: Type.Array(Type.String()),
});

/** `POST /v1/cases/{id}/alerts`: idempotent; 201 when a link is new, 200 when all were there. */
export function linkAlertsRoute({ database, world }: CaseDeps): Route {
  return tenantRoute({
    method: 'POST',
    path: '/v1/cases/{id}/alerts',
    operationId: 'linkCaseAlerts',
    summary: 'Links alerts to a case',
    tags: ['cases'],
    permission: 'cases:write',
    params: idParams,
    body,
    responses: { 200: result, 201: result },
    handle: async (tenant, request) => {
      const caseId = pathId(request.params.id, 'case');
      const alertIds = alertIdsOf(request.body);
      const now = new Date(world.clock.now());
      const linked = await database.inTenant(tenant, async (tx) => {
        await getCase(tx, tenant, caseId);
        await checkAlerts(tx, tenant, alertIds);
        const links = await linkAlerts(tx, tenant, caseId, alertIds, now);
        const added = links.map((link) => link.alertId);
        if (added.length === 0) return added;
        await writeAudit(tx, tenant, {
          action: 'case.link_alerts',
          objectType: 'case',
          objectId: caseId,
          before: null,
          after: { alert_ids: added },
          requestId: request.requestId,
        });
        return added;
      });
      const already = alertIds.filter((alertId) => !linked.includes(alertId));
      return {
        status: linked.length > 0 ? 201 : 200,
        body: { case_id: caseId, linked, already_linked: already },
      };
    },
  });
}

function alertIdsOf({ alert_id, alert_ids }: Static<typeof body>): readonly string[] {
  if (alert_id !== undefined && alert_ids !== undefined) {
    const detail = 'is not allowed beside alert_ids';
    throw new Problem('invalid_request', { errors: [{ pointer: '/alert_id', detail }] });
  }
  const given = alert_ids ?? (alert_id === undefined ? [] : [alert_id]);
  return [...new Set(given.map((alertId) => alertId.toLowerCase()))];
}
