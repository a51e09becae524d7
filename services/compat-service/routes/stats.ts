import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { ALL_TIME } from '@tocsin/search/search-store.ts';
import { sql } from 'kysely';
import Type from 'typebox';
import type { CompatDeps } from '../compat-deps.ts';
import { scoredStatus } from '../domain/scored-row.ts';

const Stats = Type.Object({
  total_events: Type.Integer(),
  total_alerts: Type.Integer(),
  alerts_by_label: Type.Array(Type.Object({ label: Type.String(), count: Type.Integer() })),
  alerts_by_status: Type.Array(Type.Object({ status: Type.String(), count: Type.Integer() })),
});

/** Most labels listed. */
const LABELS_MAX = 1000;

/** `GET /stats`: counts over everything of the tenant. */
export function statsRoute({ database, events }: CompatDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/stats',
    operationId: 'compatStats',
    summary: 'Count events and alerts',
    tags: ['compat'],
    permission: 'alerts:read',
    responses: { 200: Stats },
    handle: async (tenant) => {
      // Every event has one of seven categories.
      const categories = await events.aggregate(tenant, {
        collection: 'events',
        query: { kind: 'all' },
        range: ALL_TIME,
        field: 'category',
        limit: 100,
      });
      const counts = await database.inTenant(tenant, (tx) =>
        tx
          .selectFrom('alerts')
          .select(['rule_name', 'status', sql<number>`count(*)::integer`.as('count')])
          .where('tenant_id', '=', tenant.tenantId)
          .groupBy(['rule_name', 'status'])
          .execute(),
      );
      const labels = new Map<string, number>();
      const statuses = new Map<string, number>();
      for (const { rule_name, status, count } of counts) {
        labels.set(rule_name, (labels.get(rule_name) ?? 0) + count);
        const named = scoredStatus(status);
        statuses.set(named, (statuses.get(named) ?? 0) + count);
      }
      const byCount = [...labels].sort((a, b) => b[1] - a[1]).slice(0, LABELS_MAX);
      return {
        status: 200,
        body: {
          total_events: categories.reduce((sum, { count }) => sum + count, 0),
          total_alerts: counts.reduce((sum, { count }) => sum + count, 0),
          alerts_by_label: byCount.map(([label, count]) => ({ label, count })),
          alerts_by_status: [...statuses].map(([status, count]) => ({ status, count })),
        },
      };
    },
  });
}
