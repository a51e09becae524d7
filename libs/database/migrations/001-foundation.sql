-- The two schemas and who may enter them (design 6).
-- tenant_data: everything of tenants; each table has tenant_id first in every key, row-level security enabled and
-- forced, and one policy for all commands. platform: tenants themselves and what concerns no single one.
-- Role names are variables, as psql has them: psql -v owner_role=tocsin_owner -v app_role=tocsin_app ...

create schema platform;
create schema tenant_data;

grant usage on schema platform to :"platform_role";
grant usage on schema tenant_data to :"app_role";

-- Functions are closed to everybody unless granted.
alter default privileges revoke execute on functions from public;

create table platform.tenants (
  tenant_id      text primary key check (tenant_id ~ '^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'),
  name           text not null,
  status         text not null default 'active' check (status in ('active', 'suspended', 'deleted')),
  retention_days integer not null check (retention_days > 0),
  data_residency text not null,
  created_at     timestamptz(3) not null default now(),
  updated_at     timestamptz(3) not null default now(),
  created_by     text not null,
  modified_by    text not null,
  -- Grows with every change: it is the ETag.
  version        integer not null default 1
);
-- No delete: a deleted tenant keeps its row, so its id is never given again.
grant select, insert, update on platform.tenants to :"platform_role";

-- Refuses to change or delete what is only ever added.
create function platform.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'rows of % are never changed or deleted', tg_table_name using errcode = 'restrict_violation';
end
$$;

-- Who changed a tenant. The same shape as tenant_data.audit_log.
create table platform.audit_log (
  audit_id    uuid primary key default gen_random_uuid(),
  at          timestamptz(3) not null default now(),
  actor       text not null,
  action      text not null,
  tenant_id   text not null,
  object_type text not null,
  object_id   text not null,
  before      jsonb,
  after       jsonb,
  request_id  text not null
);
create index on platform.audit_log (at);
create trigger refuse_change before update or delete or truncate on platform.audit_log
  for each statement execute function platform.refuse_change();
grant select, insert on platform.audit_log to :"platform_role";
