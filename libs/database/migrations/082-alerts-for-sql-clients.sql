-- What SQL clients of the earlier system read: the alerts of the tenant `default`, as its table `alerts` had them (C-019,
-- C-034). The login for them is made beside the bundled server (reader-login.ts); it may read the view below, call the
-- function behind it, and nothing else.
create schema cloudops;

-- Definer: the login has no right to any table. The tenant is bound here and nobody's argument; whatever a session sets
-- as app.tenant, this function sets it again, and row-level security holds for the owner too.
create function cloudops.default_alerts()
  returns table (alert_id text, event_id text, score real, label text, status text, model_version text, created_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  before text := current_setting('app.tenant', true);
begin
  perform set_config('app.tenant', 'default', true);
  return query select a.alert_id::text, a.related_events->>0, (a.severity / 10.0)::real, a.rule_name,
    case a.status when 'acknowledged' then 'investigating' else a.status end,
    a.rule_id || '@' || a.rule_version, a.created_at::timestamptz
    from tenant_data.alerts a where a.tenant_id = 'default';
  perform set_config('app.tenant', coalesce(before, ''), true);
end
$$;

create view cloudops.alerts with (security_invoker = true) as select * from cloudops.default_alerts();
