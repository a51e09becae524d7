import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { outageProblem, queryProblem } from './database-problem.ts';
import type { DatabaseLog } from './log.ts';

/** One role's connections. */
export interface RolePool<Tables> {
  readonly kysely: Kysely<Tables>;
  readonly pool: pg.Pool;
}

export interface RolePoolOptions {
  readonly url: string;
  readonly connectionsMax: number;
  readonly connectTimeoutMs: number;
  readonly log: DatabaseLog;
}

/** A connection whose failures are problems (`database-problem.ts`), at the place where they happen. */
class ProblemClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: pg overloads `query` seven times; all pass through unchanged
  override query(...given: any[]): any {
    const answer: unknown = Reflect.apply(super.query, this, given);
    if (!(answer instanceof Promise)) return answer;
    return answer.catch((error: unknown) => {
      throw queryProblem(error);
    });
  }
}

/**
 * Opens a pool of one role. Connections are made when needed and replaced when the server goes away, so a restart
 * of PostgreSQL costs errors while it lasts and nothing after.
 */
export function openRolePool<Tables>(options: RolePoolOptions): RolePool<Tables> {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connectionsMax,
    Client: ProblemClient,
    application_name: 'tocsin',
    connectionTimeoutMillis: options.connectTimeoutMs,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    allowExitOnIdle: true,
  });
  // An idle connection ended by the server is an event of the pool; unheard it would end the process.
  pool.on('error', (error) =>
    options.log.warn({ error: error.message }, 'a connection to PostgreSQL was lost'),
  );
  // The same for one that is at work between two queries. Its next query fails, which tells whoever holds it.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const dialect = new PostgresDialect({
    pool: {
      options: {},
      end: () => pool.end(),
      connect: async () => {
        try {
          return await pool.connect();
        } catch (error) {
          throw outageProblem(error);
        }
      },
    },
  });
  return { kysely: new Kysely<Tables>({ dialect }), pool };
}
