import type pg from 'pg';
import type { RoleNames } from './role-names.ts';

/**
 * Reads the server's catalogue and gives every way in which tenants would not be kept apart, as sentences; none when
 * all holds (design 6). It says nothing of rows: it looks at what protects them.
 *
 * @param client a connection of any role to the database
 */
export async function findCatalogueFaults(
  client: Pick<pg.Client, 'query'>,
  roles: RoleNames,
): Promise<string[]> {
  const faults: string[] = [];
  for (const check of CHECKS) {
    const { rows } = await client.query<{ fault: string }>(check.sql, check.values(roles));
    faults.push(...rows.map((row) => row.fault));
  }
  return faults.sort();
}

interface Check {
  readonly sql: string;
  readonly values: (roles: RoleNames) => unknown[];
}

/** The one condition of every policy, as PostgreSQL prints it. Unset or empty gives no row. */
const POLICY = "(tenant_id = NULLIF(current_setting('app.tenant'::text, true), ''::text))";

/** Tables outside tenant_data. They are no tenant's own, or hold ids only. */
const TABLES_WITHOUT_RLS = [
  'migration.applied',
  'platform.api_key_index',
  'platform.audit_heads',
  'platform.audit_log',
  'platform.audit_seals',
  'platform.audit_waiting',
  'platform.known_people',
  'platform.login_sessions',
  'platform.outbox_heads',
  'platform.rule_heads',
  'platform.rule_put_backs',
  'platform.tenants',
  // Nobody but the owner may read them: migration 081.
  'words.alerts',
  'words.cases',
];

/** Functions that run with their owner's rights. Each is explained in its migration. */
const DEFINER_FUNCTIONS = [
  'cloudops.default_alerts',
  'platform.expire_tenant',
  'platform.keep_api_key_index',
  'platform.keep_audit_waiting',
  'platform.keep_outbox_heads',
  'platform.keep_rule_heads',
  'platform.purge_tenant',
  'tenant_data.alerts_like',
  'tenant_data.cases_like',
  'words.keep_alert',
  'words.keep_case',
];

/** Tables whose rows are never changed or deleted. */
const INSERT_ONLY_TABLES = ['audit_log', 'audit_seals', 'audit_heads'].flatMap((name) => [
  `tenant_data.${name}`,
  `platform.${name}`,
]);

/** Tables of the schema platform whose rows end; all else there is kept. */
const PASSING_TABLES = ['platform.known_people', 'platform.login_sessions'];

const OWN_SCHEMAS = `n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname !~ '^pg_temp_|^pg_toast_temp_'`;

const CHECKS: readonly Check[] = [
  {
    // 1, 2, 6 of the probes: each table and each partition by itself
    sql: `select format('%s: row-level security is not enabled and forced', c.oid::regclass) as fault
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'tenant_data' and c.relkind in ('r', 'p')
        and not (c.relrowsecurity and c.relforcerowsecurity)`,
    values: () => [],
  },
  {
    sql: `select format('%s: no column tenant_id text not null', c.oid::regclass) as fault
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'tenant_data' and c.relkind in ('r', 'p') and not exists (
        select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'
          and a.atttypid = 'text'::regtype and a.attnotnull and not a.attisdropped)`,
    values: () => [],
  },
  {
    sql: `select format('%s: no policy for all commands with the tenant as condition and check', c.oid::regclass) as fault
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'tenant_data' and c.relkind in ('r', 'p') and not exists (
        select 1 from pg_policy p where p.polrelid = c.oid and p.polcmd = '*' and p.polpermissive
          and p.polroles = '{0}' and pg_get_expr(p.polqual, p.polrelid) = $1
          and pg_get_expr(p.polwithcheck, p.polrelid) = $1)`,
    values: () => [POLICY],
  },
  {
    sql: `select format('%s: policy %s lets in more than the tenant', p.polrelid::regclass, p.polname) as fault
      from pg_policy p
      where p.polpermissive and (pg_get_expr(p.polqual, p.polrelid) is distinct from $1
        or pg_get_expr(p.polwithcheck, p.polrelid) is distinct from $1)`,
    values: () => [POLICY],
  },
  {
    // 7: another leading column tells whether a foreign row exists
    sql: `select format('%s: unique index %s does not begin with tenant_id', c.oid::regclass, i.indexrelid::regclass) as fault
      from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'tenant_data' and c.relkind in ('r', 'p') and (i.indisunique or i.indisexclusion) and not exists (
        select 1 from pg_attribute a where a.attrelid = c.oid and a.attnum = i.indkey[0] and a.attname = 'tenant_id')`,
    values: () => [],
  },
  {
    // 8: referential checks are not subject to row-level security
    sql: `select format('%s: foreign key %s does not begin with tenant_id on both sides within tenant_data', k.conrelid::regclass, k.conname) as fault
      from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
      join pg_class f on f.oid = k.confrelid join pg_namespace fn on fn.oid = f.relnamespace
      where k.contype = 'f' and 'tenant_data' in (n.nspname, fn.nspname) and not (
        n.nspname = 'tenant_data' and fn.nspname = 'tenant_data' and exists (
          select 1 from pg_attribute a join pg_attribute b on b.attrelid = k.confrelid and b.attnum = k.confkey[1]
          where a.attrelid = k.conrelid and a.attnum = k.conkey[1]
            and a.attname = 'tenant_id' and b.attname = 'tenant_id'))`,
    values: () => [],
  },
  {
    sql: `select format('%s: a table outside tenant_data that nobody has allowed', c.oid::regclass) as fault
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where ${OWN_SCHEMAS} and n.nspname <> 'tenant_data' and c.relkind in ('r', 'p', 'f')
        and n.nspname || '.' || c.relname <> all ($1)`,
    values: () => [TABLES_WITHOUT_RLS],
  },
  {
    // 3, 4: a view reads with its owner's rights unless told otherwise, a materialized view always did
    sql: `select format('%s: a %s', c.oid::regclass,
        case c.relkind when 'm' then 'materialized view' when 'f' then 'foreign table' else 'view without security_invoker' end) as fault
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where ${OWN_SCHEMAS} and (c.relkind in ('m', 'f') or c.relkind = 'v'
        and not coalesce(c.reloptions @> array['security_invoker=true'], false))`,
    values: () => [],
  },
  {
    // 5
    sql: `select format('%s: a function with its owner''s rights that nobody has allowed, or without a search_path', p.oid::regprocedure) as fault
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where ${OWN_SCHEMAS} and p.prosecdef and (n.nspname || '.' || p.proname <> all ($1)
        or not exists (select 1 from unnest(p.proconfig) setting where setting like 'search_path=%'))`,
    values: () => [DEFINER_FUNCTIONS],
  },
  {
    sql: `select format('%s: a rewrite rule', r.ev_class::regclass) as fault
      from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
      where ${OWN_SCHEMAS} and c.relkind <> 'v'`,
    values: () => [],
  },
  {
    sql: `select format('role %s: is superuser, or may bypass row-level security, create roles or databases, or replicate', rolname) as fault
      from pg_roles where rolname = any ($1)
        and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)`,
    values: (roles) => [[roles.owner, roles.app, roles.platform]],
  },
  {
    sql: `select format('role %s: is a member of %s', m.member::regrole, m.roleid::regrole) as fault
      from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname = any ($1)`,
    values: (roles) => [[roles.owner, roles.app, roles.platform]],
  },
  {
    sql: `select format('%s: belongs to %s', c.oid::regclass, c.relowner::regrole) as fault
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner
      where n.nspname in ('tenant_data', 'platform', 'migration', 'words', 'cloudops') and r.rolname <> $1`,
    values: (roles) => [roles.owner],
  },
  {
    // 13: TRUNCATE, REFERENCES and TRIGGER are not filtered by row
    sql: `select format('%s: %s has %s', c.oid::regclass, case a.grantee when 0 then 'everybody' else a.grantee::regrole::text end, a.privilege_type) as fault
      from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join lateral aclexplode(c.relacl) a
      where n.nspname in ('tenant_data', 'platform', 'migration', 'words') and a.grantee <> c.relowner and not (
        a.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE') and not a.is_grantable
        and a.grantee = (case n.nspname when 'tenant_data' then to_regrole(quote_ident($1)) when 'platform' then to_regrole(quote_ident($2)) end)::oid
        and not (n.nspname || '.' || c.relname = any ($3) and a.privilege_type in ('UPDATE', 'DELETE'))
        and not (n.nspname = 'platform' and a.privilege_type = 'DELETE' and n.nspname || '.' || c.relname <> all ($4)))
      union all
      select format('%s.%s: a grant on a column', t.attrelid::regclass, t.attname)
      from pg_attribute t join pg_class c on c.oid = t.attrelid join pg_namespace n on n.oid = c.relnamespace
      where ${OWN_SCHEMAS} and t.attacl is not null`,
    values: (roles) => [roles.app, roles.platform, INSERT_ONLY_TABLES, PASSING_TABLES],
  },
  {
    sql: `select format('schema %s: %s has %s', n.nspname, case a.grantee when 0 then 'everybody' else a.grantee::regrole::text end, a.privilege_type) as fault
      from pg_namespace n cross join lateral aclexplode(n.nspacl) a
      where n.nspname in ('tenant_data', 'platform', 'migration', 'words') and a.grantee <> n.nspowner and not (
        a.privilege_type = 'USAGE' and a.grantee = (case n.nspname
          when 'tenant_data' then to_regrole(quote_ident($1)) when 'platform' then to_regrole(quote_ident($2)) end)::oid)`,
    values: (roles) => [roles.app, roles.platform],
  },
  {
    // The login of SQL clients reads one view, and nothing of tenants
    sql: `select format('%s: %s has %s', c.oid::regclass, case a.grantee when 0 then 'everybody' else a.grantee::regrole::text end, a.privilege_type) as fault
      from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join lateral aclexplode(c.relacl) a
      where n.nspname = 'cloudops' and a.grantee <> c.relowner and not (a.privilege_type = 'SELECT' and a.grantee <> 0 and not a.is_grantable)
      union all
      select format('%s: is not the view of alerts', c.oid::regclass)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'cloudops' and (c.relkind <> 'v' or c.relname <> 'alerts')
      union all
      select format('schema cloudops: %s has %s', case a.grantee when 0 then 'everybody' else a.grantee::regrole::text end, a.privilege_type)
      from pg_namespace n cross join lateral aclexplode(n.nspacl) a
      where n.nspname = 'cloudops' and a.grantee <> n.nspowner and not (a.privilege_type = 'USAGE' and a.grantee <> 0)`,
    values: () => [],
  },
  {
    sql: `select format('database %s: everybody has %s', d.datname, a.privilege_type) as fault
      from pg_database d cross join lateral aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
      where d.datname = current_database() and a.grantee = 0`,
    values: () => [],
  },
];
