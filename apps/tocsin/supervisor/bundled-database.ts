import { join } from 'node:path';
import { type PostgresServer, startPostgres } from '@tocsin/database/server/start-postgres.ts';
import { type CancelTimer, sleep } from '@tocsin/kernel/clock.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { Home } from '../home.ts';
import { nextBackoffMs } from './backoff.ts';
import { databaseLogOn } from './database-log.ts';
import type { DatabasePart } from './database-part.ts';
import type { LogStream } from './log-stream.ts';
import type { ProcessReport, ProcessState } from './managed-process.ts';
import { publishDatabase } from './publish-database.ts';

/** What the bundled server needs. */
export interface BundledDatabaseOptions {
  readonly home: Home;
  readonly world: World;
  readonly log: LogStream;
}

/** The PostgreSQL that comes with Tocsin, kept running on `<home>/postgres`. */
export class BundledDatabase implements DatabasePart {
  readonly #options: BundledDatabaseOptions;
  #server: PostgresServer | undefined;
  #state: ProcessState = 'idle';
  #startedAt = 0;
  #restarts = 0;
  #backoffMs: number | undefined;
  #lastExit: string | undefined;
  #moved: () => void = () => undefined;
  readonly #closing = new AbortController();
  #cancel: CancelTimer = () => undefined;

  constructor(options: BundledDatabaseOptions) {
    this.#options = options;
  }

  async open(moved: () => void): Promise<void> {
    this.#moved = moved;
    await this.#start();
  }

  report(): readonly ProcessReport[] {
    const alive = this.#state === 'ready';
    const { clock } = this.#options.world;
    return [
      {
        name: 'postgres',
        state: this.#state,
        pid: alive ? this.#server?.pid : undefined,
        uptimeMs: alive ? Math.round(clock.monotonic() - this.#startedAt) : undefined,
        restarts: this.#restarts,
        lastExit: this.#lastExit,
      },
    ];
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#cancel();
    this.#state = 'stopping';
    await this.#server?.stop();
    this.#state = 'stopped';
  }

  async #start(): Promise<void> {
    const { home, world, log } = this.#options;
    this.#state = 'starting';
    this.#startedAt = world.clock.monotonic();
    const server = await startPostgres({
      folder: join(home.root, 'postgres'),
      engineFolder: join(home.root, 'engine'),
      log: databaseLogOn(log.own.child({ service: 'postgres' })),
      world,
    });
    this.#server = server;
    void server.exited.then(({ code, signal }) => this.#gone(signal ?? `exit status ${code}`));
    await publishDatabase(server.url, home, world, log);
    this.#state = 'ready';
  }

  #gone(how: string): void {
    this.#server = undefined;
    this.#lastExit = how;
    if (this.#closing.signal.aborted) return;
    void this.#startAgain(how);
  }

  async #startAgain(how: string): Promise<void> {
    const { world, log } = this.#options;
    const healthyMs = world.clock.monotonic() - this.#startedAt;
    this.#backoffMs = nextBackoffMs(this.#backoffMs, healthyMs);
    this.#restarts += 1;
    this.#state = 'backoff';
    log.own.error('postgres ended and is started again', { how, wait_ms: this.#backoffMs });
    await sleep(world.clock, this.#backoffMs, this.#closing.signal);
    if (this.#closing.signal.aborted) return;
    try {
      await this.#start();
      this.#moved();
    } catch (error) {
      // A server that ran and then failed to migrate is ended first; its end leads back here.
      log.own.error('postgres could not be started', { error });
      if (this.#server === undefined) await this.#startAgain('failed start');
      else await this.#server.stop();
    }
  }
}
