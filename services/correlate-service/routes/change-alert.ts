import { ALERT_STATUSES, Alert, type AlertStatus } from '@tocsin/contracts/alert.ts';
import { alertDocument } from '@tocsin/database/records/alert-document.ts';
import { checkIfMatch, etagOf } from '@tocsin/http/etag.ts';
import { idParams, pathId } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { checkTransition } from '@tocsin/kernel/transition.ts';
import Type, { type Static } from 'typebox';
import type { CorrelateRouteDeps } from '../correlate-route-deps.ts';
import { ALERT_TRANSITIONS } from '../domain/alert-transitions.ts';
import { recordAlertChange } from '../records/alert-change.ts';
import { type AlertRow, changeAlert, getAlertForChange } from '../records/alert-queries.ts';

/** Longest suppression of an alert, milliseconds: a suppression ends, or it is a rule that should be changed. */
export const SUPPRESSION_MS_MAX = 90 * 24 * 60 * 60 * 1000;

const body = Type.Object(
  {
    status: Type.Optional(Type.Enum([...ALERT_STATUSES] as AlertStatus[])),
    assignee: Type.Optional(
      Type.Union([Type.String({ minLength: 1, maxLength: 200 }), Type.Null()]),
    ),
    suppressed_until: Type.Optional(
      Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
    ),
    suppress_reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  },
  { additionalProperties: false, minProperties: 1 },
);

type Change = Static<typeof body>;

/** `PATCH /v1/alerts/{id}`: status, assignee, suppression. */
export function changeAlertRoute({ database, world }: CorrelateRouteDeps): Route {
  return tenantRoute({
    method: 'PATCH',
    path: '/v1/alerts/{id}',
    operationId: 'changeAlert',
    summary: 'Changes status, assignee or suppression of an alert (If-Match)',
    tags: ['alerts'],
    permission: 'alerts:write',
    params: idParams,
    body,
    responses: { 200: Alert },
    handle: async (tenant, request) => {
      const alertId = pathId(request.params.id, 'alert');
      const now = new Date(world.clock.now());
      const row = await database.inTenant(tenant, async (tx) => {
        const alert = await getAlertForChange(tx, tenant, alertId);
        checkIfMatch(request.headers, alert.version);
        const change = changeOf(alert, request.body, now);
        if (change === undefined) return alert;
        const changed = await changeAlert(tx, tenant, alert, change, now);
        const { requestId } = request;
        await recordAlertChange(tx, tenant, { before: alert, after: changed, now, requestId });
        return changed;
      });
      return {
        status: 200,
        body: alertDocument(row, now.getTime()),
        headers: { etag: etagOf(row.version) },
      };
    },
  });
}

/** The columns that differ; `undefined` when the alert is already as asked. */
function changeOf(alert: AlertRow, asked: Change, now: Date) {
  checkTransition(ALERT_TRANSITIONS, alert.status, asked.status ?? alert.status);
  const until = suppressedUntil(alert, asked, now);
  const change = {
    status: asked.status ?? alert.status,
    assignee: asked.assignee === undefined ? alert.assignee : asked.assignee,
    suppressed_until: until,
    suppress_reason: until === null ? null : (asked.suppress_reason ?? alert.suppress_reason),
  };
  const same =
    change.status === alert.status &&
    change.assignee === alert.assignee &&
    change.suppressed_until?.getTime() === alert.suppressed_until?.getTime() &&
    change.suppress_reason === alert.suppress_reason;
  return same ? undefined : change;
}

function suppressedUntil(alert: AlertRow, asked: Change, now: Date): Date | null {
  if (asked.suppressed_until === undefined) return alert.suppressed_until;
  if (asked.suppressed_until === null) return null;
  const until = new Date(asked.suppressed_until);
  const ms = until.getTime() - now.getTime();
  if (!(ms > 0 && ms <= SUPPRESSION_MS_MAX)) {
    throw invalid('/suppressed_until', 'lies in the future, by at most 90 days');
  }
  if (asked.suppress_reason === undefined) {
    throw invalid('/suppress_reason', 'is required with suppressed_until');
  }
  return until;
}

function invalid(pointer: string, detail: string): Problem {
  return new Problem('invalid_request', {
    detail: `${pointer} ${detail}`,
    errors: [{ pointer, detail }],
  });
}
