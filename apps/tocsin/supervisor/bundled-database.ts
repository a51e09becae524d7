import { join } from 'node:path';
import { compactDatabase } from '@tocsin/database/compact-database.ts';
import { prepareReaderLogin } from '@tocsin/database/reader-login.ts';
import { type PostgresServer, startPostgres } from '@tocsin/database/server/start-postgres.ts';
import { sleep } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { Home } from '../home.ts';
import { nextBackoffMs } from './backoff.ts';
import { databaseLogOn } from './database-log.ts';
import type { DatabasePart } from './database-part.ts';
import type { LogStream } from './log-stream.ts';
import {
  FIRST_STARTS_MAX,
  type ProcessReport,
  type ProcessState,
  stoppedWhileStarting,
} from './managed-process.ts';
import { publishDatabase } from './publish-database.ts';

/** What the bundled server needs. */
export interface BundledDatabaseOptions {
  readonly home: Home;
  readonly world: World;
  readonly log: LogStream;
}

/** After this the end of a killed server is known. */
const END_KNOWN_MS = 500;

/** The server ended while its database was prepared. */
class EndedEarly extends Error {
  constructor(cause: unknown) {
    super('PostgreSQL ended while its database was prepared', { cause });
  }
}

/** The PostgreSQL that comes with Tocsin, kept running on `<home>/postgres`. */
export class BundledDatabase implements DatabasePart {
  readonly #options: BundledDatabaseOptions;
  #server: PostgresServer | undefined;
  /** Where the server was when the other processes were told. */
  #toldUrl: string | undefined;
  #state: ProcessState = 'idle';
  #startedAt = 0;
  #restarts = 0;
  #backoffMs: number | undefined;
  #lastExit: string | undefined;
  #moved: () => void = () => undefined;
  readonly #closing = new AbortController();
  readonly #firstReady = Promise.withResolvers<void>();
  #running: Promise<void> = Promise.resolve();
  #everReady = false;
  #failedFirstStarts = 0;

  constructor(options: BundledDatabaseOptions) {
    this.#options = options;
    this.#firstReady.promise.catch(() => undefined);
  }

  open(moved: () => void): Promise<void> {
    this.#moved = moved;
    this.#running = this.#keepRunning();
    return this.#firstReady.promise;
  }

  async compact(): Promise<void> {
    const url = this.#server?.url;
    if (url === undefined) throw new Problem('unavailable', { detail: 'PostgreSQL does not run' });
    await compactDatabase(url);
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

  async close(mode: 'fast' | 'immediate'): Promise<void> {
    this.#closing.abort();
    await this.#server?.stop();
    // A start that is under way is waited for, so that no server stays behind; a second Ctrl-C does not wait.
    if (mode === 'fast') await this.#running;
  }

  async #keepRunning(): Promise<void> {
    const { clock } = this.#options.world;
    while (!this.#closing.signal.aborted) {
      const how = await this.#runOnce();
      if (how === undefined || this.#closing.signal.aborted) break;
      const healthyMs = this.#state === 'ready' ? clock.monotonic() - this.#startedAt : 0;
      this.#backoffMs = nextBackoffMs(this.#backoffMs, healthyMs);
      this.#restarts += 1;
      this.#lastExit = how;
      this.#state = 'backoff';
      this.#options.log.own.error('postgres ended and is started again', {
        how,
        wait_ms: this.#backoffMs,
      });
      await sleep(clock, this.#backoffMs, this.#closing.signal);
    }
    this.#state = 'stopped';
    this.#firstReady.reject(stoppedWhileStarting());
  }

  /** One life of the server; answers how it ended, or `undefined` when another try cannot help. */
  async #runOnce(): Promise<string | undefined> {
    try {
      const server = await this.#start();
      // At its old address it is found again by who uses it; a restart of all would stop ingest for nothing.
      if (this.#everReady && server.url !== this.#toldUrl) this.#moved();
      this.#toldUrl = server.url;
      this.#everReady = true;
      this.#firstReady.resolve();
      const { signal, code } = await server.exited;
      return signal ?? `exit status ${code}`;
    } catch (error) {
      // What is wrong with the machine or the settings stays wrong; a server that was killed in the middle comes back.
      const tryAgain = error instanceof EndedEarly && ++this.#failedFirstStarts < FIRST_STARTS_MAX;
      if (!this.#everReady && !tryAgain) {
        this.#firstReady.reject(error instanceof EndedEarly ? error.cause : error);
        return undefined;
      }
      if (!this.#closing.signal.aborted) {
        this.#options.log.own.error('postgres could not be started', { error });
      }
      return 'failed start';
    } finally {
      this.#server = undefined;
    }
  }

  async #start(): Promise<PostgresServer> {
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
    try {
      if (this.#closing.signal.aborted) throw stoppedWhileStarting();
      await publishDatabase(server.url, home, world, log);
      await prepareReaderLogin(server.url);
    } catch (error) {
      // Its connections break a moment before its end is known.
      const ended = server.exited.then(() => true);
      const hasEnded = await Promise.race([
        ended,
        sleep(world.clock, END_KNOWN_MS).then(() => false),
      ]);
      if (hasEnded && !this.#closing.signal.aborted) throw new EndedEarly(error);
      await server.stop();
      throw error;
    }
    this.#state = 'ready';
    return server;
  }
}
