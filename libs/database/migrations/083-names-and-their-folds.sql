-- A list tests a name and its fold, which say the same: the planner is told so, else it expects next to no rows, and sorts
-- all of a rule or an analyst instead of reading the newest in order.
create statistics tenant_data.alerts_rule (dependencies) on rule_id, rule_id_folded from tenant_data.alerts;
create statistics tenant_data.alerts_assignee (dependencies) on assignee, assignee_folded from tenant_data.alerts;
create statistics tenant_data.cases_assignee (dependencies) on assigned_to, assigned_to_folded from tenant_data.cases;
analyze tenant_data.alerts, tenant_data.cases;
