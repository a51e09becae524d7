-- Row-level security of the workflow tables, enabled and forced (design 6).

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array[
    'incidents', 'incident_entities', 'incident_timeline', 'alerts', 'incident_alerts',
    'cases', 'case_alerts', 'case_comments', 'case_timeline'
  ] loop
    execute format('alter table tenant_data.%I enable row level security', tenant_table);
    execute format('alter table tenant_data.%I force row level security', tenant_table);
    execute format(
      'create policy tenant on tenant_data.%I
         using (tenant_id = nullif(current_setting(''app.tenant'', true), ''''))
         with check (tenant_id = nullif(current_setting(''app.tenant'', true), ''''))',
      tenant_table);
  end loop;
end $$;

-- Nothing of these is deleted by the app: retention has its own way.
grant select, insert, update on
  tenant_data.incidents, tenant_data.alerts, tenant_data.cases,
  tenant_data.incident_timeline, tenant_data.case_comments
  to :"app_role";
grant select, insert on
  tenant_data.incident_entities, tenant_data.incident_alerts,
  tenant_data.case_alerts, tenant_data.case_timeline
  to :"app_role";
