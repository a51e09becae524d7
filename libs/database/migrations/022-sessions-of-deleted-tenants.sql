-- Who was logged in goes with the tenant, as soon as its deletion begins.
create function platform.end_login_sessions() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  delete from platform.login_sessions where tenant_id = new.tenant_id;
  return null;
end
$$;
create trigger end_login_sessions after update of status on platform.tenants
  for each row when (new.status in ('deleting', 'deleted'))
  execute function platform.end_login_sessions();
