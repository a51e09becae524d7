-- Words and names of alerts and cases, each found by an index (A-063, B-056).
-- Row-level security lets an index be used only by operators that leak nothing, and no operator that finds a word inside
-- a text is one of them. So the words stand in tables of their own that nobody but their owner may read, kept by
-- triggers, and asked by two functions that bind the tenant themselves. They give ids: the rows are then read under
-- row-level security as all others, so an id of somebody else would give nothing.

create schema words;
create extension if not exists pg_trgm schema words;

create table words.alerts (
  tenant_id text not null,
  alert_id  uuid not null,
  -- Folded, a U+001F before, between and after the values: for what is inside of them.
  words     text not null,
  -- Whole values, each behind the name of its field: folded too, and cut, because an index takes 2,700 bytes.
  names     text[] not null,
  primary key (tenant_id, alert_id)
);
create table words.cases (
  tenant_id text not null,
  case_id   uuid not null,
  words     text not null,
  primary key (tenant_id, case_id)
);

create function words.of_alert(a tenant_data.alerts) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select lower(concat_ws(chr(31), '', a.title, a.description, a.rule_id, a.rule_name, a.actor->>'id', a.actor->>'name',
    a.target->>'id', a.target->>'name', array_to_string(a.tags, chr(31)), array_to_string(a.hosts, chr(31)),
    array_to_string(a.src_ips, chr(31)), ''))
$$;
create function words.names_of_alert(a tenant_data.alerts) returns text[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select array(select left(lower(name), 300) from unnest(
    array['rule_name:' || a.rule_name, 'actor.name:' || (a.actor->>'name'), 'target.id:' || (a.target->>'id'),
      'target.name:' || (a.target->>'name')]
    || array(select 'tags:' || tag from unnest(a.tags) as tag)
    || array(select 'hosts:' || host from unnest(a.hosts) as host)
    || array(select 'src_ips:' || ip from unnest(a.src_ips) as ip)) as name where name is not null)
$$;
create function words.of_case(c tenant_data.cases) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select lower(concat_ws(chr(31), '', c.title, c.description, c.assigned_to, c.created_by, ''))
$$;

-- The owner is bound by row-level security too, so it is let off for the rows that are there already.
alter table tenant_data.alerts no force row level security;
insert into words.alerts select a.tenant_id, a.alert_id, words.of_alert(a), words.names_of_alert(a) from tenant_data.alerts a;
alter table tenant_data.alerts force row level security;
alter table tenant_data.cases no force row level security;
insert into words.cases select c.tenant_id, c.case_id, words.of_case(c) from tenant_data.cases c;
alter table tenant_data.cases force row level security;

set local maintenance_work_mem = '256MB';
create index alerts_by_trigram on words.alerts using gin (words words.gin_trgm_ops);
create index alerts_by_name on words.alerts using gin (names);
create index cases_by_trigram on words.cases using gin (words words.gin_trgm_ops);

-- Definer: the app may not touch these tables. A row is named by the row that was just written.
create function words.keep_alert() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    delete from words.alerts w where w.tenant_id = old.tenant_id and w.alert_id = old.alert_id;
    return null;
  end if;
  insert into words.alerts as w values (new.tenant_id, new.alert_id, words.of_alert(new), words.names_of_alert(new))
    on conflict (tenant_id, alert_id) do update set words = excluded.words, names = excluded.names
    where (w.words, w.names) is distinct from (excluded.words, excluded.names);
  return null;
end
$$;
create trigger keep_words
  after insert or delete or update of title, description, rule_id, rule_name, actor, target, tags, hosts, src_ips
  on tenant_data.alerts for each row execute function words.keep_alert();

create function words.keep_case() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    delete from words.cases w where w.tenant_id = old.tenant_id and w.case_id = old.case_id;
    return null;
  end if;
  insert into words.cases as w values (new.tenant_id, new.case_id, words.of_case(new))
    on conflict (tenant_id, case_id) do update set words = excluded.words where w.words <> excluded.words;
  return null;
end
$$;
create trigger keep_words
  after insert or delete or update of title, description, assigned_to, created_by
  on tenant_data.cases for each row execute function words.keep_case();

-- At most p_limit ids of the tenant whose words are like one of the patterns, or that have one of the names. Definer, as
-- said above; the tenant is the transaction's, as in every policy, and nobody's argument. Patterns stand as quoted
-- literals, so that the plan fits them.
create function words.condition(p_patterns text[], p_names text[]) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select concat_ws(' or ', (select string_agg(format('words like %L', pattern), ' or ') from unnest(p_patterns) as pattern),
    case when cardinality(p_names) > 0 then format('names && %L', p_names) end)
$$;
create function tenant_data.alerts_like(p_patterns text[], p_names text[], p_limit integer) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
begin
  return query execute format(
    'select alert_id from words.alerts where tenant_id = nullif(current_setting(''app.tenant'', true), '''') and (%s) limit $1',
    words.condition(p_patterns, p_names)) using p_limit;
end
$$;
create function tenant_data.cases_like(p_patterns text[], p_names text[], p_limit integer) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
begin
  return query execute format(
    'select case_id from words.cases where tenant_id = nullif(current_setting(''app.tenant'', true), '''') and (%s) limit $1',
    words.condition(p_patterns, p_names)) using p_limit;
end
$$;
grant execute on function tenant_data.alerts_like(text[], text[], integer), tenant_data.cases_like(text[], text[], integer)
  to :"app_role";

-- What is asked together with an order by severity, each in that order by itself.
create index alerts_by_status_severity on tenant_data.alerts
  (tenant_id, status, severity desc, last_event_at desc, alert_id desc);
create index alerts_by_rule_severity on tenant_data.alerts
  (tenant_id, rule_id_folded, severity desc, last_event_at desc, alert_id desc);
create index alerts_by_assignee_severity on tenant_data.alerts
  (tenant_id, assignee_folded, severity desc, last_event_at desc, alert_id desc) where assignee_folded <> '';
create index alerts_storms on tenant_data.alerts (tenant_id, last_event_at desc, alert_id desc) where storm;
-- These are found by words.names.
alter table tenant_data.alerts drop column if exists rule_name_folded, drop column if exists actor_name_folded;
