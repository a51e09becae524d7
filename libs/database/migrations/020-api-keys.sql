-- API keys (design 6). A key belongs to one tenant; what opens it is stored as an HMAC only.

create table tenant_data.api_keys (
  tenant_id   text not null,
  key_id      text not null check (key_id ~ '^[0-9A-Za-z]{16}$'),
  name        text not null check (length(name) between 1 and 200),
  environment text not null check (environment ~ '^[a-z][a-z0-9]{0,11}$'),
  scopes      text[] not null check (cardinality(scopes) > 0),
  -- The only source it may send events as.
  source      text,
  expires_at  timestamptz(3),
  created_at  timestamptz(3) not null,
  created_by  text not null,
  rotated_at  timestamptz(3),
  revoked_at  timestamptz(3),
  revoked_by  text,
  primary key (tenant_id, key_id)
);

-- One secret a key, two while it is rotated.
create table tenant_data.api_key_secrets (
  tenant_id  text not null,
  key_id     text not null,
  secret_id  uuid not null,
  mac        bytea not null check (length(mac) = 32),
  pepper_id  text not null,
  created_at timestamptz(3) not null,
  -- When this secret stops to open the key; null for as long as the key lives.
  ends_at    timestamptz(3),
  primary key (tenant_id, key_id, secret_id),
  foreign key (tenant_id, key_id) references tenant_data.api_keys (tenant_id, key_id) on delete cascade
);

alter table tenant_data.api_keys enable row level security;
alter table tenant_data.api_keys force row level security;
create policy tenant on tenant_data.api_keys
  using (tenant_id = nullif(current_setting('app.tenant', true), ''))
  with check (tenant_id = nullif(current_setting('app.tenant', true), ''));
alter table tenant_data.api_key_secrets enable row level security;
alter table tenant_data.api_key_secrets force row level security;
create policy tenant on tenant_data.api_key_secrets
  using (tenant_id = nullif(current_setting('app.tenant', true), ''))
  with check (tenant_id = nullif(current_setting('app.tenant', true), ''));
grant select, insert, update, delete on tenant_data.api_keys, tenant_data.api_key_secrets to :"app_role";

-- Whose key an id is: all that is known of keys across tenants.
create table platform.api_key_index (
  key_id    text primary key,
  tenant_id text not null
);
grant select on platform.api_key_index to :"platform_role";

-- Definer: the app role has no right in the schema platform. It copies ids only, and the row's own policy was
-- checked before a trigger after the row runs.
create function platform.keep_api_key_index() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    insert into platform.api_key_index (key_id, tenant_id) values (new.key_id, new.tenant_id);
  else
    delete from platform.api_key_index where key_id = old.key_id and tenant_id = old.tenant_id;
  end if;
  return null;
end
$$;
create trigger keep_api_key_index after insert or delete on tenant_data.api_keys
  for each row execute function platform.keep_api_key_index();
