import { isProblem } from '@tocsin/kernel/problem.ts';
import type { LogEntry, LogPosition } from '../event-bus.ts';
import { encodeFrame } from '../frame-codec.ts';
import type { LogSession } from '../log-session.ts';
import type { BusClient } from './bus-client.ts';
import type { Members } from './members.ts';
import { packRecords } from './records.ts';
import { positionFromWire, positionToWire, unpackEntries } from './wire.ts';

/** A reading session that another process keeps. */
export class RemoteLogSession implements LogSession {
  readonly epoch: number;
  readonly leaseMs: number;
  readonly committed: readonly LogPosition[];
  readonly lost: Promise<void>;
  readonly #client: BusClient;
  readonly #session: string;
  readonly #lose: () => void;

  constructor(client: BusClient, opened: Members) {
    this.#client = client;
    this.#session = opened.text('session');
    this.epoch = opened.whole('epoch');
    this.leaseMs = opened.whole('lease_ms');
    this.committed = opened.list('committed').map(positionFromWire);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.lost = promise;
    this.#lose = resolve;
  }

  async next(bytesMax: number, waitMs: number, signal: AbortSignal): Promise<readonly LogEntry[]> {
    const body = { session: this.#session, bytes_max: bytesMax, wait_ms: waitMs };
    try {
      return unpackEntries(await this.#call('log/next', body, waitMs, signal));
    } catch (error) {
      if (signal.aborted) return [];
      throw error;
    }
  }

  async renew(): Promise<void> {
    await this.#call('log/renew', { session: this.#session });
  }

  async commit(positions: readonly LogPosition[]): Promise<void> {
    const wired = positions.map(positionToWire);
    await this.#call('log/commit', { session: this.#session, positions: wired });
  }

  async deadLetter(item: LogEntry, ordinal: number, reason: string): Promise<void> {
    const head = {
      session: this.#session,
      position: positionToWire(item.position),
      first_ordinal: item.firstOrdinal,
      ordinal,
      reason,
    };
    const records = [Buffer.from(JSON.stringify(head)), encodeFrame(item.frame)];
    await this.#call('log/dead-letter', packRecords(records));
  }

  async close(): Promise<void> {
    this.#lose();
    try {
      await this.#client.call('log/close', { session: this.#session });
    } catch (error) {
      if (!isProblem(error, 'lease_lost')) throw error;
    }
  }

  async #call(
    operation: string,
    body: Buffer | object,
    waitMs?: number,
    signal?: AbortSignal,
  ): Promise<Buffer> {
    try {
      return await this.#client.call(operation, body, waitMs, signal);
    } catch (error) {
      if (isProblem(error, 'lease_lost')) this.#lose();
      throw error;
    }
  }
}
