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
      'create policy own_tenant on tenant_data.%I
         using (tenant_id = nullif(current_setting(''app.tenant'', true), ''''))
         with check (tenant_id = nullif(current_setting(''app.tenant'', true), ''''))',
      tenant_table);
  end loop;
end $$;
