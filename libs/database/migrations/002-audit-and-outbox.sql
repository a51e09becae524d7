-- Who changed what, for each tenant. Rows are only added.
create table tenant_data.audit_log (
  tenant_id   text not null,
  audit_id    uuid not null default gen_random_uuid(),
  at          timestamptz(3) not null default now(),
  actor       text not null,
  action      text not null,
  object_type text not null,
  object_id   text not null,
  before      jsonb,
  after       jsonb,
  request_id  text not null,
  primary key (tenant_id, audit_id)
);
create index on tenant_data.audit_log (tenant_id, at);
create index on tenant_data.audit_log (tenant_id, object_type, object_id, at);
alter table tenant_data.audit_log enable row level security;
alter table tenant_data.audit_log force row level security;
create policy tenant on tenant_data.audit_log
  using (tenant_id = nullif(current_setting('app.tenant', true), ''))
  with check (tenant_id = nullif(current_setting('app.tenant', true), ''));
create trigger refuse_change before update or delete or truncate on tenant_data.audit_log
  for each statement execute function platform.refuse_change();
grant select, insert on tenant_data.audit_log to :"app_role";

-- Messages that must follow a commit (design 3.9). The relay publishes a row and then deletes it.
create table tenant_data.outbox (
  tenant_id  text not null,
  outbox_id  uuid not null,
  topic      text not null,
  envelope   jsonb not null,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, outbox_id)
);
alter table tenant_data.outbox enable row level security;
alter table tenant_data.outbox force row level security;
create policy tenant on tenant_data.outbox
  using (tenant_id = nullif(current_setting('app.tenant', true), ''))
  with check (tenant_id = nullif(current_setting('app.tenant', true), ''));
grant select, insert, delete on tenant_data.outbox to :"app_role";

-- Which rows of the outbox wait, and whose: all that the relay may know across tenants. One row for each, not a
-- counter for each tenant, so that transactions of one tenant do not wait for each other.
create table platform.outbox_heads (
  tenant_id  text not null,
  outbox_id  uuid not null,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, outbox_id)
);
grant select on platform.outbox_heads to :"platform_role";

-- Definer: the app role has no right in the schema platform. It copies ids only, and the row's own policy was
-- checked before a trigger after the row runs.
create function platform.keep_outbox_heads() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    insert into platform.outbox_heads (tenant_id, outbox_id) values (new.tenant_id, new.outbox_id);
  else
    delete from platform.outbox_heads where tenant_id = old.tenant_id and outbox_id = old.outbox_id;
  end if;
  return null;
end
$$;
create trigger keep_outbox_heads after insert or delete on tenant_data.outbox
  for each row execute function platform.keep_outbox_heads();
