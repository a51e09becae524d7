import { idParams, notFound, pathId } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import Type from 'typebox';
import type { CompatDeps } from '../compat-deps.ts';
import {
  SCORED_STATUSES,
  ScoredRow,
  type ScoredStatus,
  STATUSES_BEHIND,
  scoredRow,
} from '../domain/scored-row.ts';

const query = Type.Object(
  {
    status: Type.Optional(Type.Enum([...SCORED_STATUSES] as ScoredStatus[])),
    label: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    min_score: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
  },
  { additionalProperties: false },
);

/** `GET /alerts` (newest event first) and `GET /alerts/{id}`. */
export function alertRoutes({ database }: CompatDeps): readonly Route[] {
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
      summary: 'Give one scored alert',
      params: idParams,
      responses: { 200: ScoredRow },
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
        return { status: 200, body: scoredRow(row) };
      },
    }),
  ];
}
