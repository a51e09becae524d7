-- Sessions get another id while they last, and end at the identity provider too (design 6).
alter table platform.login_sessions
  -- How people and the audit log name it, whatever its cookie holds; opens nothing.
  add column session_id       uuid not null default gen_random_uuid(),
  -- The id before the present one; it serves for a moment longer, for requests that were on their way.
  add column previous_hash    text check (length(previous_hash) = 64),
  add column previous_ends_at timestamptz(3),
  -- The identity token of the login, sealed with a key that is not in the database: the provider asks for it at logout.
  add column id_token_sealed  text check (length(id_token_sealed) <= 24576),
  -- What the provider calls the session, where it says so.
  add column provider_session text check (length(provider_session) between 1 and 200),
  add check ((previous_hash is null) = (previous_ends_at is null));
create unique index login_sessions_by_id on platform.login_sessions (session_id);
create unique index login_sessions_by_previous on platform.login_sessions (previous_hash)
  where previous_hash is not null;
create index login_sessions_by_provider on platform.login_sessions (provider_session)
  where provider_session is not null;
create index login_sessions_by_tenant on platform.login_sessions (tenant_id, session_id);
