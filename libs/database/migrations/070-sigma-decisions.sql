-- What a tenant decides of Sigma rules: their ids are UUIDs or names, and exceptions leave events out of a rule.

alter table tenant_data.rule_settings drop constraint rule_settings_rule_id_check;
alter table tenant_data.rule_settings
  add constraint rule_settings_rule_id_check check (rule_id ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$'),
  add column exceptions jsonb not null default '[]' check (jsonb_typeof(exceptions) = 'array');
