-- The audit logs as chains: every row gets a position and a hash over all before it, and the head is signed.
-- Seals outlive their rows: retention removes rows of the log, never their places in the chain.

create table tenant_data.audit_seals (
  tenant_id text not null,
  -- Place in the chain, from 1 without gaps: the order of sealing.
  seq       bigint not null check (seq > 0),
  audit_id  uuid not null,
  -- SHA-256 over the hash before, the place and the row's text.
  hash      bytea not null check (length(hash) = 32),
  primary key (tenant_id, seq),
  unique (tenant_id, audit_id)
);

-- Signed statements: `head`, the chain ended here then; `cut`, retention removed the rows up to here.
create table tenant_data.audit_heads (
  tenant_id text not null,
  kind      text not null check (kind in ('head', 'cut')),
  seq       bigint not null check (seq >= 0),
  hash      bytea not null check (length(hash) = 32),
  signed_at timestamptz(3) not null,
  key_id    text not null check (length(key_id) <= 64),
  signature bytea not null,
  primary key (tenant_id, kind, seq)
);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['audit_seals', 'audit_heads'] loop
    execute format('alter table tenant_data.%I enable row level security', tenant_table);
    execute format('alter table tenant_data.%I force row level security', tenant_table);
    execute format(
      'create policy tenant on tenant_data.%I
         using (tenant_id = nullif(current_setting(''app.tenant'', true), ''''))
         with check (tenant_id = nullif(current_setting(''app.tenant'', true), ''''))',
      tenant_table);
  end loop;
end $$;
grant select, insert on tenant_data.audit_seals, tenant_data.audit_heads to :"app_role";

-- The platform's own log is one chain, that of the tenant ''.
create table platform.audit_seals (like tenant_data.audit_seals including all);
create table platform.audit_heads (like tenant_data.audit_heads including all);
grant select, insert on platform.audit_seals, platform.audit_heads to :"platform_role";

create trigger refuse_change before update or delete or truncate on tenant_data.audit_seals
  for each statement execute function platform.refuse_change();
create trigger refuse_change before update or delete or truncate on tenant_data.audit_heads
  for each statement execute function platform.refuse_change();
create trigger refuse_change before update or delete or truncate on platform.audit_seals
  for each statement execute function platform.refuse_change();
create trigger refuse_change before update or delete or truncate on platform.audit_heads
  for each statement execute function platform.refuse_change();

-- Which rows wait for their seal, and whose: the sealer looks here, and not through every tenant's log.
create table platform.audit_waiting (
  tenant_id text not null,
  audit_id  uuid not null,
  primary key (tenant_id, audit_id)
);
grant select on platform.audit_waiting to :"platform_role";

-- Definer: the app role has no right in the schema platform. It copies ids only, and the row's own policy was
-- checked before a trigger after the row runs.
create function platform.keep_audit_waiting() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  chain text := case tg_table_schema when 'platform' then '' else new.tenant_id end;
begin
  if tg_table_name = 'audit_log' then
    insert into platform.audit_waiting (tenant_id, audit_id) values (chain, new.audit_id);
  else
    delete from platform.audit_waiting where tenant_id = chain and audit_id = new.audit_id;
  end if;
  return null;
end
$$;
create trigger keep_audit_waiting after insert on tenant_data.audit_log
  for each row execute function platform.keep_audit_waiting();
create trigger keep_audit_waiting after insert on tenant_data.audit_seals
  for each row execute function platform.keep_audit_waiting();
create trigger keep_audit_waiting after insert on platform.audit_log
  for each row execute function platform.keep_audit_waiting();
create trigger keep_audit_waiting after insert on platform.audit_seals
  for each row execute function platform.keep_audit_waiting();

-- What was written before there were seals waits for one too.
alter table tenant_data.audit_log no force row level security;
insert into platform.audit_waiting (tenant_id, audit_id) select tenant_id, audit_id from tenant_data.audit_log;
insert into platform.audit_waiting (tenant_id, audit_id) select '', audit_id from platform.audit_log;
alter table tenant_data.audit_log force row level security;
