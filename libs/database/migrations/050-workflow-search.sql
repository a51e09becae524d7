-- What searches and lists of alerts and cases need at a million rows (A-063, B-056).
-- Row-level security lets an index be used only by operators that leak nothing; `lower` and `->>` are not among them.
-- So the folded values that searches compare are stored beside the row.

alter table tenant_data.alerts
  add column rule_id_folded    text generated always as (lower(rule_id)) stored,
  add column rule_name_folded  text generated always as (lower(rule_name)) stored,
  add column actor_id_folded   text generated always as (lower(coalesce(actor->>'id', ''))) stored,
  add column actor_name_folded text generated always as (lower(coalesce(actor->>'name', ''))) stored,
  add column assignee_folded   text generated always as (lower(coalesce(assignee, ''))) stored;

alter table tenant_data.cases
  add column assigned_to_folded text generated always as (lower(coalesce(assigned_to, ''))) stored,
  add column created_by_folded  text generated always as (lower(created_by)) stored;

create index alerts_by_rule_id on tenant_data.alerts (tenant_id, rule_id_folded, last_event_at desc, alert_id desc);
create index alerts_by_rule_name on tenant_data.alerts (tenant_id, rule_name_folded, last_event_at desc, alert_id desc);
create index alerts_by_actor_id on tenant_data.alerts (tenant_id, actor_id_folded, last_event_at desc, alert_id desc)
  where actor_id_folded <> '';
create index alerts_by_actor_name on tenant_data.alerts (tenant_id, actor_name_folded, last_event_at desc, alert_id desc)
  where actor_name_folded <> '';
create index alerts_by_assignee on tenant_data.alerts (tenant_id, assignee_folded, last_event_at desc, alert_id desc)
  where assignee_folded <> '';

create index cases_by_severity on tenant_data.cases (tenant_id, severity desc, created_at desc, case_id desc);
create index cases_by_update on tenant_data.cases (tenant_id, updated_at desc, case_id desc);
create index cases_by_assignee on tenant_data.cases (tenant_id, assigned_to_folded, created_at desc, case_id desc);
create index cases_by_creator on tenant_data.cases (tenant_id, created_by_folded, created_at desc, case_id desc);
