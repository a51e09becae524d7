-- Cases: the investigation by people (A-060 to A-069, X-08).

create table tenant_data.cases (
  tenant_id   text not null,
  case_id     uuid not null,
  title       text not null check (length(title) between 1 and 500),
  description text not null default '' check (length(description) <= 20000),
  severity    smallint not null check (severity between 0 and 10),
  status      text not null default 'open'
              check (status in ('open', 'investigating', 'contained', 'resolved', 'closed', 'false_positive')),
  assigned_to text check (length(assigned_to) <= 200),
  incident_id uuid,
  metadata    jsonb not null default '{}',
  -- Set while the status is an end; cleared by reopening.
  resolved_at timestamptz(3),
  created_at  timestamptz(3) not null,
  updated_at  timestamptz(3) not null,
  created_by  text not null,
  modified_by text not null,
  -- The ETag.
  version     integer not null default 1,
  -- A repeated creation with the same Idempotency-Key finds this row; the hash tells a different body.
  idempotency_key  text check (length(idempotency_key) <= 200),
  idempotency_hash text,
  primary key (tenant_id, case_id),
  foreign key (tenant_id, incident_id)
    references tenant_data.incidents (tenant_id, incident_id)
);

-- At most one open case an incident (Resolution 7).
create unique index cases_one_open_per_incident on tenant_data.cases (tenant_id, incident_id)
  where incident_id is not null and status in ('open', 'investigating', 'contained');
create unique index cases_by_idempotency_key on tenant_data.cases (tenant_id, created_by, idempotency_key)
  where idempotency_key is not null;
create index cases_by_incident on tenant_data.cases (tenant_id, incident_id) where incident_id is not null;
create index cases_by_time on tenant_data.cases (tenant_id, created_at desc, case_id desc);
create index cases_by_status on tenant_data.cases (tenant_id, status, created_at desc, case_id desc);

create table tenant_data.case_alerts (
  tenant_id text not null,
  case_id   uuid not null,
  alert_id  uuid not null,
  linked_at timestamptz(3) not null,
  linked_by text not null,
  primary key (tenant_id, case_id, alert_id),
  foreign key (tenant_id, case_id) references tenant_data.cases (tenant_id, case_id) on delete cascade,
  foreign key (tenant_id, alert_id) references tenant_data.alerts (tenant_id, alert_id) on delete cascade
);

create index case_alerts_by_alert on tenant_data.case_alerts (tenant_id, alert_id);

create table tenant_data.case_comments (
  tenant_id  text not null,
  case_id    uuid not null,
  comment_id uuid not null,
  body       text not null check (length(body) between 1 and 20000),
  created_at timestamptz(3) not null,
  created_by text not null,
  primary key (tenant_id, case_id, comment_id),
  foreign key (tenant_id, case_id) references tenant_data.cases (tenant_id, case_id) on delete cascade
);

create index case_comments_by_time on tenant_data.case_comments (tenant_id, case_id, created_at, comment_id);

create table tenant_data.case_timeline (
  tenant_id text not null,
  case_id   uuid not null,
  entry_id  uuid not null,
  at        timestamptz(3) not null,
  kind      text not null check (length(kind) <= 60),
  actor     text not null,
  summary   text not null check (length(summary) <= 1000),
  detail    jsonb not null default '{}',
  primary key (tenant_id, case_id, entry_id),
  foreign key (tenant_id, case_id) references tenant_data.cases (tenant_id, case_id) on delete cascade
);

create index case_timeline_by_time on tenant_data.case_timeline (tenant_id, case_id, at, entry_id);
