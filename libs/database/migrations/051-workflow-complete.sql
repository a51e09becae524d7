-- Comments with their history, links of cases, merged incidents (A-063, A-066, A-067, B-054).

alter table tenant_data.case_comments
  add column version   integer not null default 1,
  add column edited_at timestamptz(3),
  add column edited_by text;

-- What a comment said before each edit.
create table tenant_data.case_comment_versions (
  tenant_id  text not null,
  case_id    uuid not null,
  comment_id uuid not null,
  version    integer not null check (version > 0),
  body       text not null check (length(body) between 1 and 20000),
  written_at timestamptz(3) not null,
  written_by text not null,
  primary key (tenant_id, case_id, comment_id, version),
  foreign key (tenant_id, case_id, comment_id)
    references tenant_data.case_comments (tenant_id, case_id, comment_id) on delete cascade
);

create table tenant_data.case_links (
  tenant_id     text not null,
  case_id       uuid not null,
  link_id       uuid not null,
  relation      text not null check (relation in ('related', 'duplicate_of', 'caused_by', 'url')),
  other_case_id uuid,
  url           text check (length(url) <= 2000),
  title         text not null check (length(title) <= 500),
  created_at    timestamptz(3) not null,
  created_by    text not null,
  primary key (tenant_id, case_id, link_id),
  check ((relation = 'url') = (url is not null) and (relation = 'url') = (other_case_id is null)),
  check (other_case_id <> case_id),
  foreign key (tenant_id, case_id) references tenant_data.cases (tenant_id, case_id) on delete cascade,
  foreign key (tenant_id, other_case_id) references tenant_data.cases (tenant_id, case_id) on delete cascade
);
create unique index case_links_once on tenant_data.case_links (tenant_id, case_id, relation, other_case_id)
  where other_case_id is not null;
create index case_links_by_other on tenant_data.case_links (tenant_id, other_case_id) where other_case_id is not null;

alter table tenant_data.incidents
  add column merged_into uuid,
  add foreign key (tenant_id, merged_into) references tenant_data.incidents (tenant_id, incident_id);
create index incidents_by_merged on tenant_data.incidents (tenant_id, merged_into) where merged_into is not null;
create index incidents_by_severity on tenant_data.incidents (tenant_id, severity, last_alert_at desc, incident_id desc);
create index incidents_by_assignee on tenant_data.incidents (tenant_id, assignee, last_alert_at desc, incident_id desc)
  where assignee is not null;

-- What a merge moved, so that it can be undone.
create table tenant_data.incident_merges (
  tenant_id     text not null,
  merge_id      uuid not null,
  incident_id   uuid not null,
  source_id     uuid not null,
  reason        text not null check (length(reason) <= 1000),
  source_before jsonb not null,
  added_alerts  uuid[] not null,
  moved_alerts  uuid[] not null,
  added_keys    text[] not null,
  moved_cases   uuid[] not null,
  merged_at     timestamptz(3) not null,
  merged_by     text not null,
  undone_at     timestamptz(3),
  undone_by     text,
  primary key (tenant_id, merge_id),
  foreign key (tenant_id, incident_id) references tenant_data.incidents (tenant_id, incident_id) on delete cascade,
  foreign key (tenant_id, source_id) references tenant_data.incidents (tenant_id, incident_id) on delete cascade
);
create unique index incident_merges_standing on tenant_data.incident_merges (tenant_id, source_id)
  where undone_at is null;
create index incident_merges_by_target on tenant_data.incident_merges (tenant_id, incident_id, merged_at, merge_id);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['case_comment_versions', 'case_links', 'incident_merges'] loop
    execute format('alter table tenant_data.%I enable row level security', tenant_table);
    execute format('alter table tenant_data.%I force row level security', tenant_table);
    execute format(
      'create policy tenant on tenant_data.%I
         using (tenant_id = nullif(current_setting(''app.tenant'', true), ''''))
         with check (tenant_id = nullif(current_setting(''app.tenant'', true), ''''))',
      tenant_table);
  end loop;
end $$;

grant select, insert on tenant_data.case_comment_versions to :"app_role";
grant select, insert, delete on tenant_data.case_links to :"app_role";
grant select, insert, update on tenant_data.incident_merges to :"app_role";
-- Unmerging takes back memberships; unlinking an alert from a case removes the link. Both leave timeline and audit rows.
grant delete on tenant_data.incident_alerts, tenant_data.incident_entities, tenant_data.case_alerts to :"app_role";
