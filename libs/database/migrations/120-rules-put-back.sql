-- Which rules of the installation a person wants back on the hot path (design 7). The detector compares: a rule that was
-- moved off it at just this moment goes back, one that was moved again since does not.
create table platform.rule_put_backs (
  rule_id        text primary key check (length(rule_id) between 1 and 200),
  deferred_since timestamptz(3) not null,
  asked_at       timestamptz(3) not null,
  asked_by       text not null
);
grant select, insert, update on platform.rule_put_backs to :"platform_role";
