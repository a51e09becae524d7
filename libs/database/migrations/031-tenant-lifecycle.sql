-- What an operator sets for a tenant beyond its name, and how its data goes: by age, and all of it.

alter table platform.tenants drop constraint tenants_status_check;
alter table platform.tenants
  add constraint tenants_status_check check (status in ('active', 'suspended', 'deleting', 'deleted')),
  -- Members that are set; the rest is the default of libs/common/contracts/tenant-quota.ts.
  add column quota jsonb not null default '{}',
  -- Days; events have retention_days.
  add column retention jsonb not null
    default '{"archive_days": 90, "alerts_days": 365, "cases_days": 1095, "audit_days": 400}',
  add column branding jsonb not null default '{}',
  -- Who asked for the deletion and how far it is; null while nobody did.
  add column deletion jsonb,
  -- What the last pass of retention removed.
  add column last_retention jsonb;
create index tenants_by_status on platform.tenants (status) where status = 'deleting';

-- Rows of the audit logs go in two ways only, the two functions below; they say so by `app.purge`, which counts for
-- the owner alone: the app and the platform have no right to delete such rows at all.
create or replace function platform.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' and current_setting('app.purge', true) = 'on'
    and current_user = (select pg_get_userbyid(c.relowner) from pg_class c where c.oid = tg_relid) then
    return null;
  end if;
  raise exception 'rows of % are never changed or deleted', tg_table_name using errcode = 'restrict_violation';
end
$$;

-- Removes every row of a tenant that is being deleted, and gives their numbers by table.
-- Definer: no other role may delete most of these rows. It works for a tenant in the status `deleting` only, which
-- only the platform role can set, and its deletes are under the tenant's row-level security like any other.
create function platform.purge_tenant(p_tenant text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tenant_table text;
  removed jsonb := '{}';
  n bigint;
  held text;
begin
  perform 1 from platform.tenants where tenant_id = p_tenant and status = 'deleting' for update;
  if not found then
    raise exception 'the tenant % is not being deleted', p_tenant using errcode = 'restrict_violation';
  end if;
  perform set_config('app.tenant', p_tenant, true), set_config('app.purge', 'on', true);
  -- Rows that others refer to go in a later round.
  for round in 1..20 loop
    held := null;
    for tenant_table in
      select c.relname from pg_class c join pg_namespace ns on ns.oid = c.relnamespace
      where ns.nspname = 'tenant_data' and c.relkind in ('r', 'p') and not c.relispartition order by c.relname
    loop
      begin
        execute format('delete from tenant_data.%I where tenant_id = $1', tenant_table) using p_tenant;
        get diagnostics n = row_count;
        if n > 0 then
          removed := removed || jsonb_build_object(tenant_table, coalesce((removed ->> tenant_table)::bigint, 0) + n);
        end if;
      exception when foreign_key_violation then
        held := tenant_table;
      end;
    end loop;
    exit when held is null;
  end loop;
  delete from platform.audit_waiting where tenant_id = p_tenant;
  perform set_config('app.purge', '', true), set_config('app.tenant', '', true);
  if held is not null then
    raise exception 'rows of % cannot be removed: others refer to them', held;
  end if;
  return removed;
end
$$;
grant execute on function platform.purge_tenant(text) to :"platform_role";

-- Removes what is older than the tenant keeps it, at most p_limit rows of each kind, and gives their numbers.
-- Definer, as above; the days are the tenant's own and nobody's argument. Of the audit log only rows go that a
-- signed `cut` covers. Alerts and incidents that a case is about stay with the case.
create function platform.expire_tenant(p_tenant text, p_limit integer) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  days jsonb;
  cases bigint;
  alerts bigint;
  incidents bigint;
  audit bigint;
  cut bigint;
begin
  select retention into days from platform.tenants
    where tenant_id = p_tenant and status in ('active', 'suspended');
  if not found then
    return '{}';
  end if;
  perform set_config('app.tenant', p_tenant, true), set_config('app.purge', 'on', true);
  delete from tenant_data.cases c where c.tenant_id = p_tenant and c.case_id in (
    select o.case_id from tenant_data.cases o
    where o.tenant_id = p_tenant and o.status in ('resolved', 'closed', 'false_positive')
      and o.updated_at < now() - (days ->> 'cases_days')::int * interval '1 day' limit p_limit);
  get diagnostics cases = row_count;
  delete from tenant_data.alerts a where a.tenant_id = p_tenant and a.alert_id in (
    select o.alert_id from tenant_data.alerts o
    where o.tenant_id = p_tenant
      and greatest(o.last_event_at, o.updated_at) < now() - (days ->> 'alerts_days')::int * interval '1 day'
      and not exists (select from tenant_data.case_alerts l where l.tenant_id = p_tenant and l.alert_id = o.alert_id)
      and not exists (select from tenant_data.cases c
        where c.tenant_id = p_tenant and c.incident_id = o.incident_id)
    limit p_limit);
  get diagnostics alerts = row_count;
  delete from tenant_data.incidents i where i.tenant_id = p_tenant and i.incident_id in (
    select o.incident_id from tenant_data.incidents o
    where o.tenant_id = p_tenant
      and greatest(o.last_alert_at, o.updated_at) < now() - (days ->> 'alerts_days')::int * interval '1 day'
      and not exists (select from tenant_data.cases c where c.tenant_id = p_tenant and c.incident_id = o.incident_id)
      and not exists (select from tenant_data.alerts a where a.tenant_id = p_tenant and a.incident_id = o.incident_id)
      and not exists (select from tenant_data.incidents n
        where n.tenant_id = p_tenant and n.previous_incident_id = o.incident_id)
    limit p_limit);
  get diagnostics incidents = row_count;
  select max(seq) into cut from tenant_data.audit_heads where tenant_id = p_tenant and kind = 'cut';
  delete from tenant_data.audit_log l where l.tenant_id = p_tenant and l.audit_id in (
    select s.audit_id from tenant_data.audit_seals s
    join tenant_data.audit_log o on o.tenant_id = s.tenant_id and o.audit_id = s.audit_id
    where s.tenant_id = p_tenant and s.seq <= cut
      and o.at < now() - (days ->> 'audit_days')::int * interval '1 day'
    order by s.seq limit p_limit);
  get diagnostics audit = row_count;
  delete from tenant_data.audit_heads where tenant_id = p_tenant and seq < cut;
  perform set_config('app.purge', '', true), set_config('app.tenant', '', true);
  return jsonb_build_object('cases', cases, 'alerts', alerts, 'incidents', incidents, 'audit', audit);
end
$$;
grant execute on function platform.expire_tenant(text, integer) to :"platform_role";
