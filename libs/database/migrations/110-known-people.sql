-- Who logged in to a tenant lately, for its quota of people. In the schema platform, as logins are.
create table platform.known_people (
  tenant_id     text not null references platform.tenants (tenant_id),
  subject       text not null check (length(subject) between 1 and 200),
  last_login_at timestamptz(3) not null,
  primary key (tenant_id, subject)
);
grant select, insert, update, delete on platform.known_people to :"platform_role";

-- They go with the tenant, as its sessions do.
create or replace function platform.end_login_sessions() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  delete from platform.login_sessions where tenant_id = new.tenant_id;
  delete from platform.known_people where tenant_id = new.tenant_id;
  return null;
end
$$;
