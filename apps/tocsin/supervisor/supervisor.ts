import type { Server } from 'node:http';
import { preparePepper } from '@tocsin/auth/key-pepper.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { Home } from '../home.ts';
import { openAdminServer } from './admin-server.ts';
import type { DatabasePart } from './database-part.ts';
import { clearLeftovers, recordChildren } from './leftovers.ts';
import { acquireLock, type HomeLock } from './lock.ts';
import type { LogStream } from './log-stream.ts';
import {
  ManagedProcess,
  type ProcessPlan,
  type ProcessReport,
  stoppedWhileStarting,
} from './managed-process.ts';
import { prepareHome, writeInternalToken } from './prepare-home.ts';
import { residentBytes } from './process-identity.ts';
import type { TokenDesk } from './token-desk.ts';

/** What a supervisor needs. Everything that touches the outside comes from here. */
export interface SupervisorOptions {
  readonly home: Home;
  readonly port: number;
  readonly version: string;
  readonly world: World;
  readonly log: LogStream;
  readonly database: DatabasePart;
  /** In the order of their start; they stop in the reverse order. */
  readonly plans: readonly ProcessPlan[];
  readonly openTokenDesk: () => Promise<TokenDesk>;
  /** Told as each part starts and is ready. */
  readonly progress: StartProgress;
}

/** Shows what the start is doing. */
export interface StartProgress {
  starting(part: string): void;
  ready(part: string, afterMs: number): void;
}

/** What `tocsin status` shows of one part. */
export interface PartReport extends ProcessReport {
  readonly residentBytes: number | undefined;
}

/** What the admin socket tells of the whole. */
export interface SupervisorReport {
  readonly pid: number;
  readonly version: string;
  readonly home: string;
  readonly port: number;
  readonly started_at: string;
  readonly resident_bytes: number | undefined;
  readonly parts: readonly PartReport[];
}

/** All parts together may take this long to drain before they are killed. */
export const DRAIN_MS_MAX = 20_000;
/** The share of one Node process in that time; PostgreSQL gets the rest. */
const DRAIN_PROCESS_MS = 7_000;

/**
 * Runs the product's processes: one lock per home, PostgreSQL first, then the others in order, each restarted when it
 * ends, all drained in the reverse order (design 2).
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #processes: readonly ManagedProcess[];
  #lock: HomeLock | undefined;
  #admin: Server | undefined;
  #databaseOpen = false;
  #starting: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | undefined;
  readonly #stopped = Promise.withResolvers<void>();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { plans, world, log } = options;
    this.#processes = plans.map(
      (plan) => new ManagedProcess(plan, world.clock, log, () => this.#recordChildren()),
    );
  }

  /** Resolves when everything has stopped. */
  get stopped(): Promise<void> {
    return this.#stopped.promise;
  }

  /** Starts everything; on failure stops what was started and throws what went wrong. */
  async start(): Promise<void> {
    this.#starting = this.#start();
    try {
      await this.#starting;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #start(): Promise<void> {
    const { home, port, version, world, log } = this.#options;
    await prepareHome(home, process.getuid?.() === 0);
    const started_at = new Date(world.clock.now()).toISOString();
    this.#lock = await acquireLock(home, { port, version, started_at });
    const killed = await clearLeftovers(home, world.clock);
    if (killed.length > 0)
      log.own.warn('processes of a crashed predecessor were cleared', { pids: killed });
    await writeInternalToken(home, world.random);
    await preparePepper(world, home.keys);
    const desk = await this.#options.openTokenDesk();
    this.#admin = await openAdminServer(home.adminSocket, {
      'GET /status': () => Promise.resolve(this.report()),
      'POST /token': (body) => desk.mint(body),
      'POST /compact': async () => {
        await this.#options.database.compact();
        return {};
      },
    });
    await this.#timed('postgres', () => this.#openDatabase());
    for (const child of this.#processes) await this.#timed(child.name, () => this.#launch(child));
  }

  /** A stop may have been asked for while earlier parts were still starting. */
  async #launch(child: ManagedProcess): Promise<void> {
    if (this.#stopping !== undefined) throw stoppedWhileStarting();
    await child.start();
  }

  async #openDatabase(): Promise<void> {
    if (this.#stopping !== undefined) throw stoppedWhileStarting();
    this.#databaseOpen = true;
    await this.#options.database.open(() => {
      // The server came back at another address: who holds connections to the old one starts afresh.
      for (const child of this.#processes) child.restart(DRAIN_PROCESS_MS);
    });
  }

  async #timed(part: string, work: () => Promise<void>): Promise<void> {
    const { progress, world } = this.#options;
    const begin = world.clock.monotonic();
    progress.starting(part);
    await work();
    progress.ready(part, world.clock.monotonic() - begin);
  }

  report(): SupervisorReport {
    const { home, port, version, database } = this.#options;
    const parts = [...database.report(), ...this.#processes.map((child) => child.report())];
    return {
      pid: process.pid,
      version,
      home: home.root,
      port,
      started_at: this.#lock?.record.started_at ?? '',
      resident_bytes: residentBytes(process.pid),
      parts: parts.map((part) => ({
        ...part,
        residentBytes: part.pid === undefined ? undefined : residentBytes(part.pid),
      })),
    };
  }

  /** Drains everything in the reverse order of the start, within {@link DRAIN_MS_MAX}. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopping ??= this.#drain();
    return this.#stopping;
  }

  /** Ends everything now. For a second Ctrl-C. */
  async kill(): Promise<void> {
    for (const child of this.#processes) child.kill();
    await this.#options.database.close('immediate');
    await this.#lock?.release();
  }

  async #drain(): Promise<void> {
    for (const child of this.#processes.toReversed()) await child.stop(DRAIN_PROCESS_MS);
    if (this.#databaseOpen) await this.#options.database.close('fast');
    // A start that was under way ends by itself now; what it opened last is closed too.
    await this.#starting.catch(() => undefined);
    this.#admin?.closeAllConnections();
    this.#admin?.close();
    await this.#lock?.release();
    this.#stopped.resolve();
  }

  /**
   * The list serves a successor of a supervisor that was killed. On a disk that takes nothing it grows old: children
   * still end when their supervisor does, and a supervisor that ended for the list would leave them and PostgreSQL alone.
   */
  #recordChildren(): void {
    const { home, log } = this.#options;
    if (this.#lock === undefined) return;
    try {
      recordChildren(
        home,
        this.#processes.flatMap((child) => child.identity ?? []),
      );
    } catch (error) {
      log.own.error('the list of running processes cannot be written', {
        action: 'supervisor.record',
        path: home.processesFile,
        error,
      });
    }
  }
}
