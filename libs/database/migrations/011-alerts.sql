-- Alerts: one row an episode, written by the correlator alone (design 3.8).

create table tenant_data.alerts (
  tenant_id       text not null,
  alert_id        uuid not null,
  -- Detect's numbering of the episode's states: a row is replaced by a higher one only.
  revision        integer not null check (revision >= 0),
  rule_id         text not null,
  rule_name       text not null,
  rule_version    integer not null,
  severity        smallint not null check (severity between 0 and 10),
  status          text not null default 'new'
                  check (status in ('new', 'acknowledged', 'investigating', 'resolved', 'false_positive')),
  title           text not null,
  description     text not null,
  category        text not null,
  actor           jsonb,
  target          jsonb,
  group_values    jsonb not null default '{}',
  -- Rule and group together: equal for alerts that repeat each other.
  repeat_key      text not null,
  first_event_at  timestamptz(3) not null,
  last_event_at   timestamptz(3) not null,
  event_count     bigint not null check (event_count >= 0),
  total           double precision not null,
  related_events  jsonb not null default '[]',
  src_ips         text[] not null default '{}',
  hosts           text[] not null default '{}',
  tags            text[] not null default '{}',
  storm           boolean not null default false,
  assignee        text check (length(assignee) <= 200),
  -- Suppression is a flag beside the status, with an end and a reason (Resolution 8).
  suppressed_until timestamptz(3),
  suppress_reason text check (length(suppress_reason) <= 500),
  -- The incident it counts toward now; incident_alerts keeps the earlier ones too.
  incident_id     uuid,
  created_at      timestamptz(3) not null,
  updated_at      timestamptz(3) not null,
  created_by      text not null,
  modified_by     text not null,
  -- Grows with what a person changes, not with revisions: it is the ETag.
  version         integer not null default 1,
  primary key (tenant_id, alert_id),
  foreign key (tenant_id, incident_id)
    references tenant_data.incidents (tenant_id, incident_id)
);

create index alerts_by_time on tenant_data.alerts (tenant_id, last_event_at desc, alert_id desc);
create index alerts_by_status on tenant_data.alerts (tenant_id, status, last_event_at desc, alert_id desc);
create index alerts_by_severity on tenant_data.alerts (tenant_id, severity, last_event_at desc, alert_id desc);
create index alerts_by_incident on tenant_data.alerts (tenant_id, incident_id);
create index alerts_suppressed on tenant_data.alerts (tenant_id, repeat_key, suppressed_until)
  where suppressed_until is not null;

-- Which alerts an incident holds. An alert that goes on after its incident ended is in both.
create table tenant_data.incident_alerts (
  tenant_id   text not null,
  incident_id uuid not null,
  alert_id    uuid not null,
  joined_at   timestamptz(3) not null,
  primary key (tenant_id, incident_id, alert_id),
  foreign key (tenant_id, incident_id)
    references tenant_data.incidents (tenant_id, incident_id) on delete cascade,
  foreign key (tenant_id, alert_id)
    references tenant_data.alerts (tenant_id, alert_id) on delete cascade
);

create index incident_alerts_by_alert on tenant_data.incident_alerts (tenant_id, alert_id);
