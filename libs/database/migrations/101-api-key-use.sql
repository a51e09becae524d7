-- When a key was last used (to some minutes), and from where it may be used (design 6).
alter table tenant_data.api_keys
  add column last_used_at timestamptz(3),
  -- Null for anywhere.
  add column networks     text[] check (cardinality(networks) between 1 and 32);
