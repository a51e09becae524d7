-- Links between cases and alerts that a merge made: its undoing takes them back.
alter table tenant_data.incident_merges
  add column added_links jsonb not null default '[]';
