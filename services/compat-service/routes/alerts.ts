import { idParams, notFound, pathId } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { isUuid } from '@tocsin/kernel/uuid.ts';
import Type from 'typebox';
import type { CompatDeps } from '../compat-deps.ts';
import {
  SCORED_STATUSES,
  ScoredRow,
  type ScoredStatus,
  STATUSES_BEHIND,
  scoredRow,
} from '../domain/scored-row.ts';
import { StoredRecord } from '../domain/stored-record.ts';
import { findEvent } from './events.ts';

const ScoredRowWithEvent = Type.Intersect([
  ScoredRow,
  Type.Object({ event: Type.Union([StoredRecord, Type.Null()]) }),
]);

const query = Type.Object(
  {
    status: Type.Optional(Type.Enum([...SCORED_STATUSES] as ScoredStatus[])),
    label: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    min_score: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
  },
  { additionalProperties: false },
);

/** `GET /alerts` (newest event first), `GET /alerts/{id}` with its event, `PATCH /alerts/{id}?status=`. */
export function alertRoutes(deps: CompatDeps): readonly Route[] {
  const { database } = deps;
  const shared = { method: 'GET', tags: ['compat'], permission: 'alerts:read' } as const;
  return [
    tenantRoute({
      ...shared,
      path: '/alerts',
      operationId: 'compatListAlerts',
      summary: 'List scored alerts',
      query,
      responses: { 200: Type.Array(ScoredRow) },
      handle: async (tenant, { query: asked }) => {
        const rows = await database.inTenant(tenant, (tx) => {
          let list = tx.selectFrom('alerts').selectAll().where('tenant_id', '=', tenant.tenantId);
          if (asked.status !== undefined) {
            list = list.where('status', 'in', [...STATUSES_BEHIND[asked.status]]);
          }
          if (asked.label !== undefined) list = list.where('rule_name', '=', asked.label);
          if (asked.min_score !== undefined) {
            list = list.where('severity', '>=', Math.ceil(asked.min_score * 10));
          }
          return list
            .orderBy('last_event_at', 'desc')
            .orderBy('alert_id', 'desc')
            .limit(asked.limit)
            .execute();
        });
        return { status: 200, body: rows.map(scoredRow) };
      },
    }),
    tenantRoute({
      ...shared,
      path: '/alerts/{id}',
      operationId: 'compatGetAlert',
      summary: 'Give one scored alert and its event',
      params: idParams,
      responses: { 200: ScoredRowWithEvent },
      handle: async (tenant, { params }) => {
        const alertId = pathId(params.id, 'alert');
        const row = await database.inTenant(tenant, (tx) =>
          tx
            .selectFrom('alerts')
            .selectAll()
            .where('tenant_id', '=', tenant.tenantId)
            .where('alert_id', '=', alertId)
            .executeTakeFirst(),
        );
        if (row === undefined) throw notFound('alert', alertId);
        const scored = scoredRow(row);
        const { event_id } = scored;
        const event =
          event_id !== null && isUuid(event_id) ? await findEvent(deps, tenant, event_id) : null;
        return { status: 200, body: { ...scored, event } };
      },
    }),
    tenantRoute({
      method: 'PATCH',
      tags: ['compat'],
      permission: 'alerts:write',
      path: '/alerts/{id}',
      operationId: 'compatChangeAlert',
      summary: 'Set the status of a scored alert',
      params: idParams,
      query: Type.Object(
        { status: Type.Enum([...SCORED_STATUSES] as ScoredStatus[]) },
        { additionalProperties: false },
      ),
      responses: { 200: ScoredRow },
      handle: async (tenant, { params, query: { status }, requestId }) => {
        const alertId = pathId(params.id, 'alert');
        const row = await deps.setAlertStatus(tenant, alertId, status, requestId);
        return { status: 200, body: scoredRow(row) };
      },
    }),
  ];
}
