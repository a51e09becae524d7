-- Detection rules as content (A-089). A tenant's own rules have versions that never change; what a tenant decided of a
-- rule, its own or a shipped one, is one row: whether it runs, and what it has instead of the document's values.

create table tenant_data.rule_versions (
  tenant_id  text not null,
  rule_id    text not null,
  version    integer not null check (version >= 1),
  document   jsonb not null,
  created_at timestamptz(3) not null,
  created_by text not null,
  primary key (tenant_id, rule_id, version)
);

create table tenant_data.rule_settings (
  tenant_id      text not null,
  rule_id        text not null check (rule_id ~ '^[a-z][a-z0-9-]{0,79}$'),
  origin         text not null check (origin in ('shipped', 'own')),
  status         text not null check (status in ('draft', 'active', 'retired')),
  -- Of own rules: the version that runs while active, and the newest.
  active_version integer,
  latest_version integer,
  enabled        boolean not null,
  severity       smallint check (severity between 0 and 10),
  threshold      double precision check (threshold >= 1),
  revision       integer not null check (revision >= 1),
  updated_at     timestamptz(3) not null,
  updated_by     text not null,
  primary key (tenant_id, rule_id),
  foreign key (tenant_id, rule_id, active_version)
    references tenant_data.rule_versions (tenant_id, rule_id, version),
  check ((origin = 'own') = (latest_version is not null)),
  check (status <> 'active' or origin = 'shipped' or active_version is not null)
);

alter table tenant_data.rule_versions enable row level security;
alter table tenant_data.rule_versions force row level security;
create policy tenant on tenant_data.rule_versions
  using (tenant_id = nullif(current_setting('app.tenant', true), ''))
  with check (tenant_id = nullif(current_setting('app.tenant', true), ''));
alter table tenant_data.rule_settings enable row level security;
alter table tenant_data.rule_settings force row level security;
create policy tenant on tenant_data.rule_settings
  using (tenant_id = nullif(current_setting('app.tenant', true), ''))
  with check (tenant_id = nullif(current_setting('app.tenant', true), ''));
grant select, insert on tenant_data.rule_versions to :"app_role";
grant select, insert, update on tenant_data.rule_settings to :"app_role";

-- Which tenants have settings, and how often they changed: detectors look at it every few seconds.
create table platform.rule_heads (
  tenant_id text primary key,
  changes   bigint not null
);
grant select on platform.rule_heads to :"platform_role";

-- Definer: the app role has no right in the schema platform. It counts changes of the tenant whose row passed its own
-- policy just before.
create function platform.keep_rule_heads() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into platform.rule_heads (tenant_id, changes)
    values (case tg_op when 'DELETE' then old.tenant_id else new.tenant_id end, 1)
    on conflict (tenant_id) do update set changes = platform.rule_heads.changes + 1;
  return null;
end
$$;
create trigger keep_rule_heads after insert or update or delete on tenant_data.rule_settings
  for each row execute function platform.keep_rule_heads();
