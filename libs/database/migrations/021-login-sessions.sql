-- Who is logged in (design 6). In the schema platform, because a cookie is looked up before its tenant is known, and
-- platform administrators have none. The id of a session is not stored, only its hash.
create table platform.login_sessions (
  session_hash text primary key check (length(session_hash) = 64),
  subject      text not null check (length(subject) between 1 and 200),
  display_name text not null check (length(display_name) <= 200),
  -- Null for platform administrators only.
  tenant_id    text references platform.tenants (tenant_id),
  role         text not null check (role in ('platform_admin', 'tenant_admin', 'soc_analyst', 'auditor')),
  created_at   timestamptz(3) not null,
  last_seen_at timestamptz(3) not null,
  expires_at   timestamptz(3) not null,
  check ((tenant_id is null) = (role = 'platform_admin'))
);
create index login_sessions_by_subject on platform.login_sessions (subject, created_at);
create index login_sessions_by_end on platform.login_sessions (expires_at);
grant select, insert, update, delete on platform.login_sessions to :"platform_role";
