import { systemContext, type TenantContext } from '@tocsin/auth/tenant-context.ts';
import { systemRandom } from '@tocsin/kernel/random.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import type { Database } from '../database.ts';
import { grantDatabase } from '../grant-database.ts';
import { openDatabase } from '../postgres-database.ts';
import type { DatabaseUrls } from '../prepare-database.ts';
import { asAdmin, testServer, withDatabase } from './test-server.ts';

/** A test file's own database on the run's server, with every migration and no rows. */
export interface TestDatabase {
  /** As services use it: roles `app` and `platform`, row-level security forced. */
  readonly database: Database;
  /** For tests of the database itself. `admin` may do anything. */
  readonly urls: DatabaseUrls & { readonly admin: string };
  /** Closes `database` and drops it. Call it in `afterAll`. */
  drop(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** Connections of the role `app`; default 4. */
  readonly connectionsMax?: number;
}

/**
 * Clones the migrated template (about 50 ms; the first call of a run starts a server, 2 to 4 s).
 * `TOCSIN_TEST_DATABASE_URL` (a superuser's URL) uses an existing server instead of the bundled one.
 *
 * @example
 * let db: TestDatabase;
 * beforeAll(async () => { db = await openTestDatabase(); });
 * afterAll(() => db.drop());
 */
export async function openTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = await testServer();
  const name = `${server.templateName}_${Buffer.from(systemRandom.bytes(5)).toString('hex')}`;
  await asAdmin(server.adminUrl, async (client) => {
    await client.query(`create database ${name} template ${server.templateName}`);
  });
  const urls = {
    owner: withDatabase(server.urls.owner, name),
    app: withDatabase(server.urls.app, name),
    platform: withDatabase(server.urls.platform, name),
    roles: server.urls.roles,
    admin: withDatabase(server.adminUrl, name),
  };
  await asAdmin(urls.admin, (client) => grantDatabase(client, urls.roles)); // a clone has no grants of its own
  const database = await openDatabase({ urls, connectionsMax: options.connectionsMax ?? 4 });
  return {
    database,
    urls,
    async drop() {
      await database.close();
      await asAdmin(server.adminUrl, async (client) => {
        await client.query(`drop database ${name} with (force)`);
      });
    },
  };
}

/** A tenant's context for tests. */
export function testTenant(tenantId = 'acme-corp'): TenantContext {
  return systemContext(parseTenantId(tenantId), 'test');
}
