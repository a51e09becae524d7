import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { Database } from '@tocsin/database/database.ts';
import { sql } from 'kysely';
import type { Document } from '../search-store.ts';

/** For tests: alert rows of documents, as the correlator would have written them. */
export async function insertAlerts(
  database: Database,
  tenant: TenantContext,
  documents: readonly Document[],
): Promise<void> {
  const json = JSON.stringify(documents);
  await database.inTenant(tenant, async (tx) => {
    await sql`
      insert into tenant_data.alerts (
        tenant_id, alert_id, revision, rule_id, rule_name, rule_version, severity, status, title, description,
        category, actor, target, repeat_key, first_event_at, last_event_at, event_count, total, src_ips, hosts,
        tags, storm, assignee, suppressed_until, created_at, updated_at, created_by, modified_by)
      select
        tenant_id, alert_id, 1, rule_id, rule_name, 1, severity, status, title, description,
        category, actor, target, '', first_event_at, last_event_at, event_count, event_count, src_ips, hosts,
        tags, storm, assignee, suppressed_until, last_event_at, last_event_at, 'test', 'test'
      from jsonb_to_recordset(${json}::jsonb) as alert(
        tenant_id text, alert_id uuid, rule_id text, rule_name text, severity int, status text, title text,
        description text, category text, actor jsonb, target jsonb, first_event_at timestamptz,
        last_event_at timestamptz, event_count bigint, src_ips text[], hosts text[], tags text[], storm boolean,
        assignee text, suppressed_until timestamptz)`.execute(tx);
  });
}
