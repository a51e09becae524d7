import { type ChildProcess, spawn } from 'node:child_process';
import { assert } from '@tocsin/kernel/assert.ts';
import type { CancelTimer, Clock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { nextBackoffMs } from './backoff.ts';
import type { LogStream } from './log-stream.ts';
import { findProcess, type ProcessIdentity } from './process-identity.ts';

/** States of a child. `backoff` waits for its next start; `stopped` is final. */
export type ProcessState = 'idle' | 'starting' | 'ready' | 'backoff' | 'stopping' | 'stopped';

/** How to run one child. */
export interface ProcessPlan {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Asked at each start; `starts` counts those before it. */
  readonly environment: (starts: number) => Readonly<Record<string, string>>;
  /** A child that has not said `ready` by then is killed and counts as failed. */
  readonly readyTimeoutMs: number;
}

/** What is told of a child by `status`. */
export interface ProcessReport {
  readonly name: string;
  readonly state: ProcessState;
  readonly pid: number | undefined;
  readonly uptimeMs: number | undefined;
  readonly restarts: number;
  readonly lastExit: string | undefined;
}

/** Failed starts in a row before the first `ready` after which the whole start is given up. */
export const FIRST_STARTS_MAX = 3;

/**
 * One Node child that is kept running: it says `{type: 'ready'}` over its channel, is started again with growing waits
 * when it ends, and ends by itself when the supervisor's channel closes.
 */
export class ManagedProcess {
  readonly #plan: ProcessPlan;
  readonly #clock: Clock;
  readonly #log: LogStream;
  readonly #changed: () => void;
  #state: ProcessState = 'idle';
  #child: ChildProcess | undefined;
  #identity: ProcessIdentity | undefined;
  #startedAt = 0;
  #readyAt: number | undefined;
  #backoffMs: number | undefined;
  #starts = 0;
  #restarts = 0;
  #restartAtOnce = false;
  #failedFirstStarts = 0;
  #everReady = false;
  #lastExit: string | undefined;
  #cancelTimer: CancelTimer = () => undefined;
  #firstReady = Promise.withResolvers<void>();
  #ended = Promise.withResolvers<void>();

  constructor(plan: ProcessPlan, clock: Clock, log: LogStream, changed: () => void) {
    this.#plan = plan;
    this.#clock = clock;
    this.#log = log;
    this.#changed = changed;
    // Whoever starts it hears of a failure; a stop before anyone waits is no fault.
    this.#firstReady.promise.catch(() => undefined);
  }

  get name(): string {
    return this.#plan.name;
  }

  get identity(): ProcessIdentity | undefined {
    return this.#identity;
  }

  report(): ProcessReport {
    const alive = this.#child !== undefined;
    return {
      name: this.#plan.name,
      state: this.#state,
      pid: this.#child?.pid,
      uptimeMs: alive ? Math.round(this.#clock.monotonic() - this.#startedAt) : undefined,
      restarts: this.#restarts,
      lastExit: this.#lastExit,
    };
  }

  /**
   * Starts it and resolves at its first `ready`.
   *
   * @throws Problem `unavailable` when it ended {@link FIRST_STARTS_MAX} times before it was ready once
   */
  start(): Promise<void> {
    assert(this.#state === 'idle', 'a managed process is started once');
    this.#spawn();
    return this.#firstReady.promise;
  }

  /** Drains it and starts it at once, without a wait: for changed surroundings. It is killed when it takes longer. */
  restart(withinMs: number): void {
    const child = this.#child;
    if (child === undefined || (this.#state !== 'ready' && this.#state !== 'starting')) return;
    this.#restartAtOnce = true;
    child.kill('SIGTERM');
    this.#cancelTimer();
    this.#cancelTimer = this.#clock.after(withinMs, () => child.kill('SIGKILL'));
  }

  /** Asks it to drain, and kills it when it takes longer. Resolves when it is gone; never fails. */
  async stop(withinMs: number): Promise<void> {
    this.#cancelTimer();
    this.#firstReady.reject(stoppedWhileStarting());
    const child = this.#child;
    if (child === undefined) {
      this.#become('stopped');
      return;
    }
    this.#become('stopping');
    child.kill('SIGTERM');
    const cancel = this.#clock.after(withinMs, () => {
      this.#log.own.warn('a process did not drain in time and is killed', {
        process: this.#plan.name,
        within_ms: withinMs,
      });
      child.kill('SIGKILL');
    });
    await this.#ended.promise;
    cancel();
    this.#become('stopped');
  }

  /** Kills it now, without a drain. */
  kill(): void {
    this.#cancelTimer();
    if (this.#state !== 'stopped') this.#become('stopping');
    this.#child?.kill('SIGKILL');
  }

  #spawn(): void {
    const { name, command, args, environment, readyTimeoutMs } = this.#plan;
    this.#startedAt = this.#clock.monotonic();
    this.#readyAt = undefined;
    this.#ended = Promise.withResolvers<void>();
    // A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which then drains in order.
    const child = spawn(command, args, {
      env: environment(this.#starts++),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    this.#child = child;
    this.#identity = child.pid === undefined ? undefined : findProcess(child.pid);
    child.stdout?.on('data', this.#log.feed(name, 'stdout'));
    child.stderr?.on('data', this.#log.feed(name, 'stderr'));
    child.on('message', (message) => this.#hear(message));
    child.on('error', (error) => this.#gone(`could not be started: ${error.message}`));
    child.on('exit', (code, signal) =>
      this.#gone(signal === null ? `exit status ${code}` : `signal ${signal}`),
    );
    this.#cancelTimer = this.#clock.after(readyTimeoutMs, () => {
      this.#log.own.error('a process was not ready in time and is killed', {
        process: name,
        within_ms: readyTimeoutMs,
      });
      child.kill('SIGKILL');
    });
    this.#become('starting');
  }

  #hear(message: unknown): void {
    const isReady =
      typeof message === 'object' &&
      message !== null &&
      'type' in message &&
      message.type === 'ready';
    if (!isReady || this.#state !== 'starting' || this.#restartAtOnce) return;
    this.#cancelTimer();
    this.#readyAt = this.#clock.monotonic();
    this.#everReady = true;
    this.#become('ready');
    this.#firstReady.resolve();
  }

  #gone(how: string): void {
    if (this.#child === undefined) return;
    this.#child = undefined;
    this.#identity = undefined;
    this.#cancelTimer();
    this.#lastExit = how;
    this.#ended.resolve();
    if (this.#state === 'stopping' || this.#state === 'stopped') return;
    if (this.#restartAtOnce) {
      this.#restartAtOnce = false;
      this.#spawn();
      return;
    }
    if (!this.#everReady && ++this.#failedFirstStarts >= FIRST_STARTS_MAX) {
      this.#become('stopped');
      this.#firstReady.reject(this.#startFailure(how));
      return;
    }
    this.#scheduleRestart(how);
  }

  #scheduleRestart(how: string): void {
    const readyAt = this.#readyAt;
    const healthyMs = readyAt === undefined ? 0 : this.#clock.monotonic() - readyAt;
    this.#backoffMs = nextBackoffMs(this.#backoffMs, healthyMs);
    this.#restarts += 1;
    this.#log.own.error('a process ended and is started again', {
      process: this.#plan.name,
      how,
      wait_ms: this.#backoffMs,
    });
    this.#become('backoff');
    this.#cancelTimer = this.#clock.after(this.#backoffMs, () => this.#spawn());
  }

  #startFailure(how: string): Problem {
    return new Problem('unavailable', {
      detail: `${this.#plan.name} did not start: it ended ${FIRST_STARTS_MAX} times (${how}). Its last log lines say why.`,
    });
  }

  #become(state: ProcessState): void {
    this.#state = state;
    this.#changed();
  }
}

/** What a start ends with when a stop was asked for meanwhile. */
export function stoppedWhileStarting(): Problem {
  return new Problem('unavailable', { detail: 'Tocsin was stopped while it started.' });
}
