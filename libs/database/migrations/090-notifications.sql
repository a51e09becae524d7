-- What a tenant is told (B-018): one row for each message of secplat.events.notify, with what became of its delivery,
-- and where the tenant wants to be called. The secret that signs calls is not here: it derives from a key of the home.

create table tenant_data.notifications (
  tenant_id       text not null,
  notification_id uuid not null,
  event_type      text not null check (length(event_type) between 1 and 100),
  severity        text not null,
  title           text not null,
  payload         jsonb not null,
  occurred_at     timestamptz(3) not null,
  received_at     timestamptz(3) not null,
  delivery        text not null check (delivery in ('none', 'pending', 'delivered', 'failed')),
  attempts        integer not null default 0 check (attempts >= 0),
  delivered_at    timestamptz(3),
  last_error      text,
  primary key (tenant_id, notification_id),
  check ((delivery = 'delivered') = (delivered_at is not null))
);
create index notifications_newest on tenant_data.notifications (tenant_id, received_at desc, notification_id desc);

create table tenant_data.notification_webhooks (
  tenant_id      text not null,
  url            text not null check (length(url) <= 2000),
  -- null: every type
  event_types    text[],
  enabled        boolean not null,
  -- Names of secrets, not secrets: the one that signs, and the one before it.
  secret_id        uuid not null,
  former_secret_id uuid,
  secret_since     timestamptz(3) not null,
  updated_at       timestamptz(3) not null,
  updated_by       text not null,
  primary key (tenant_id)
);

alter table tenant_data.notifications enable row level security;
alter table tenant_data.notifications force row level security;
create policy tenant on tenant_data.notifications
  using (tenant_id = nullif(current_setting('app.tenant', true), ''))
  with check (tenant_id = nullif(current_setting('app.tenant', true), ''));
alter table tenant_data.notification_webhooks enable row level security;
alter table tenant_data.notification_webhooks force row level security;
create policy tenant on tenant_data.notification_webhooks
  using (tenant_id = nullif(current_setting('app.tenant', true), ''))
  with check (tenant_id = nullif(current_setting('app.tenant', true), ''));
grant select, insert, update, delete on tenant_data.notifications to :"app_role";
grant select, insert, update, delete on tenant_data.notification_webhooks to :"app_role";
