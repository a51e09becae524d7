-- Incidents: what the correlator groups alerts into (B-051 to B-057, Resolutions 7 and 8).
-- Times have milliseconds, as on the wire, so that a page cursor names a row exactly.

create table tenant_data.incidents (
  tenant_id            text not null,
  incident_id          uuid not null,
  -- What opened it (X-18): the same key is the same incident, however often it is delivered.
  incident_key         text not null check (length(incident_key) <= 200),
  status               text not null default 'new'
                       check (status in ('new', 'triaged', 'contained', 'resolved', 'closed')),
  severity             smallint not null check (severity between 0 and 10),
  title                text not null check (length(title) <= 500),
  -- For people, as the sources wrote them; what ties alerts together is incident_entities.
  actors               text[] not null default '{}',
  hosts                text[] not null default '{}',
  src_ips              text[] not null default '{}',
  first_alert_at       timestamptz(3) not null,
  last_alert_at        timestamptz(3) not null,
  alert_count          integer not null default 0 check (alert_count >= 0),
  -- The ended incident that this one is a recurrence of.
  previous_incident_id uuid,
  assignee             text check (length(assignee) <= 200),
  resolved_at          timestamptz(3),
  created_at           timestamptz(3) not null,
  updated_at           timestamptz(3) not null,
  created_by           text not null,
  modified_by          text not null,
  -- Grows with what a person changes, not with counters: it is the ETag.
  version              integer not null default 1,
  primary key (tenant_id, incident_id),
  unique (tenant_id, incident_key),
  foreign key (tenant_id, previous_incident_id)
    references tenant_data.incidents (tenant_id, incident_id)
);

create index incidents_by_time on tenant_data.incidents (tenant_id, last_alert_at desc, incident_id desc);
create index incidents_by_status on tenant_data.incidents (tenant_id, status, last_alert_at desc, incident_id desc);
create index incidents_by_previous on tenant_data.incidents (tenant_id, previous_incident_id)
  where previous_incident_id is not null;

-- The names that tie a later alert to an incident, for example `actor:bob`, `ip:203.0.113.7`.
create table tenant_data.incident_entities (
  tenant_id   text not null,
  entity_key  text not null check (length(entity_key) <= 300),
  incident_id uuid not null,
  primary key (tenant_id, entity_key, incident_id),
  foreign key (tenant_id, incident_id)
    references tenant_data.incidents (tenant_id, incident_id) on delete cascade
);

create index incident_entities_by_incident on tenant_data.incident_entities (tenant_id, incident_id);

create table tenant_data.incident_timeline (
  tenant_id   text not null,
  incident_id uuid not null,
  entry_id    uuid not null,
  -- When it happened: event time of an alert, wall time of what people did.
  at          timestamptz(3) not null,
  recorded_at timestamptz(3) not null,
  kind        text not null check (length(kind) <= 60),
  actor       text not null,
  alert_id    uuid,
  summary     text not null check (length(summary) <= 1000),
  detail      jsonb not null default '{}',
  primary key (tenant_id, incident_id, entry_id),
  foreign key (tenant_id, incident_id)
    references tenant_data.incidents (tenant_id, incident_id) on delete cascade
);

create index incident_timeline_by_time on tenant_data.incident_timeline (tenant_id, incident_id, at, entry_id);
