import { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import { sleep } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { systemWorld, type World } from '@tocsin/kernel/world.ts';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import { isRepeatable } from './database-problem.ts';
import { type DatabaseLog, silentLog } from './log.ts';
import type { DatabaseUrls } from './prepare-database.ts';
import { openRolePool, type RolePool } from './role-pool.ts';
import type { PlatformTables, TenantTables } from './tables.ts';

export interface OpenDatabaseOptions {
  readonly urls: Pick<DatabaseUrls, 'app' | 'platform'>;
  readonly world?: World;
  readonly log?: DatabaseLog;
  /** Connections of the role `app`; default 10. Four processes share the server's 60. */
  readonly connectionsMax?: number;
  /** Longest statement; default 15 s. */
  readonly statementTimeoutMs?: number;
  /** Longest wait for a connection, that is also for a free place in the pool; default 5 s. */
  readonly connectTimeoutMs?: number;
}

/** Times a transaction is repeated after a serialization failure or deadlock. */
const REPEATS_MAX = 3;

/** Longest wait before the first repeat, by chance, so that two that met do not meet again. */
const REPEAT_WAIT_MS = 50;

/** Connections of the role `platform`: tenants and outbox heads only. */
const PLATFORM_CONNECTIONS_MAX = 3;

/**
 * Opens the database for work: `app` for tenants' rows, `platform` for tenants. Neither can read past row-level
 * security; that is checked on the server before the first use.
 *
 * @throws Problem `unavailable` when PostgreSQL cannot be reached, or when a role has rights it must not have
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const log = options.log ?? silentLog;
  const shared = {
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    log,
  };
  const app = openRolePool<TenantTables>({
    ...shared,
    url: options.urls.app,
    connectionsMax: options.connectionsMax ?? 10,
  });
  const platform = openRolePool<PlatformTables>({
    ...shared,
    url: options.urls.platform,
    connectionsMax: PLATFORM_CONNECTIONS_MAX,
  });
  const database = new PostgresDatabase(app, platform, {
    world: options.world ?? systemWorld(),
    statementTimeoutMs: options.statementTimeoutMs ?? 15_000,
  });
  try {
    await checkRole(app.kysely);
    await checkRole(platform.kysely);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

interface Surroundings {
  readonly world: World;
  readonly statementTimeoutMs: number;
}

class PostgresDatabase implements Database {
  readonly #app: RolePool<TenantTables>;
  readonly #platform: RolePool<PlatformTables>;
  readonly #world: World;
  readonly #statementTimeout: string;
  readonly #idleTimeout: string;
  #closing: Promise<void> | undefined;

  constructor(
    app: RolePool<TenantTables>,
    platform: RolePool<PlatformTables>,
    around: Surroundings,
  ) {
    this.#app = app;
    this.#platform = platform;
    this.#world = around.world;
    this.#statementTimeout = String(around.statementTimeoutMs);
    this.#idleTimeout = String(around.statementTimeoutMs * 2);
  }

  inTenant<Result>(
    tenant: TenantContext,
    work: (tx: Transaction<TenantTables>) => Promise<Result>,
  ): Promise<Result> {
    assert(tenant instanceof TenantContext, 'a tenant transaction has a TenantContext');
    return this.#repeat(this.#app.kysely, async (tx) => {
      await this.#set(tx, tenant.tenantId);
      return work(tx);
    });
  }

  inPlatform<Result>(work: (tx: Transaction<PlatformTables>) => Promise<Result>): Promise<Result> {
    return this.#repeat(this.#platform.kysely, async (tx) => {
      await this.#set(tx, '');
      return work(tx);
    });
  }

  async ping(): Promise<void> {
    await this.#repeat(this.#app.kysely, (tx) => this.#set(tx, ''));
  }

  /** Tenant and limits, local to the transaction: nothing of them is left on a connection, behind any pooler. */
  async #set<Tables>(tx: Transaction<Tables>, tenantId: string): Promise<void> {
    await sql`select set_config('app.tenant', ${tenantId}, true),
      set_config('statement_timeout', ${this.#statementTimeout}, true),
      set_config('idle_in_transaction_session_timeout', ${this.#idleTimeout}, true)`.execute(tx);
  }

  close(): Promise<void> {
    this.#closing ??= Promise.all([this.#app.pool.end(), this.#platform.pool.end()]).then(
      () => undefined,
    );
    return this.#closing;
  }

  async #repeat<Tables, Result>(
    kysely: Kysely<Tables>,
    work: (tx: Transaction<Tables>) => Promise<Result>,
  ): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await kysely.transaction().execute(work);
      } catch (error) {
        if (attempt > REPEATS_MAX || !isRepeatable(error)) throw error;
        await sleep(this.#world.clock, this.#world.random.fraction() * REPEAT_WAIT_MS * attempt);
      }
    }
  }
}

interface RoleFacts {
  readonly name: string;
  readonly isSuperuser: boolean;
  readonly bypassesRls: boolean;
  readonly ownsTables: boolean;
  readonly isOwner: boolean;
}

async function checkRole<Tables>(kysely: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<RoleFacts>`
    select r.rolname as name, r.rolsuper as "isSuperuser", r.rolbypassrls as "bypassesRls",
      exists (select 1 from pg_class c where c.relowner = r.oid) as "ownsTables",
      exists (select 1 from pg_namespace n where n.nspname in ('platform', 'tenant_data')
              and pg_has_role(r.oid, n.nspowner, 'member')) as "isOwner"
    from pg_roles r where r.rolname = current_user`.execute(kysely);
  const [role] = rows;
  assert(role !== undefined, 'the current role is in pg_roles');
  const fault = roleFault(role);
  if (fault === undefined) return;
  throw new Problem('unavailable', {
    detail: `the database role ${role.name} ${fault}, so row-level security would not hold: Tocsin does not start with it; give it back the rights that tocsin makes it with`,
  });
}

function roleFault(role: RoleFacts): string | undefined {
  if (role.isSuperuser) return 'is a superuser';
  if (role.bypassesRls) return 'has BYPASSRLS';
  if (role.ownsTables || role.isOwner) return 'owns tables or may become their owner';
  return undefined;
}
