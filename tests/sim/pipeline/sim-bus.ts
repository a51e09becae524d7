import type { Frame } from '@tocsin/bus/frame.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { Life, Machine } from './machine.ts';
import type { PipelineBreak } from './pipeline-breaks.ts';

export type SimTopic = 'raw.events' | 'alerts.scored';

/** A record of the log: a frame at its offset, or a cursor. */
type LogRecord =
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'cursor'; readonly topic: SimTopic; readonly offset: number };

interface Waiting {
  readonly records: readonly LogRecord[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What is on disk of the bus: one sequence of records, synced up to a place. */
export class SimLog {
  records: LogRecord[] = [];
  synced = 0;

  /** A power cut leaves what was synced, and some of what was not. */
  cutPower(machine: Machine): void {
    const loose = this.records.length - this.synced;
    this.records.length = this.synced + (loose === 0 ? 0 : machine.below(loose + 1));
    this.synced = this.records.length;
  }

  /** Frames of a topic, the first at offset 1; of those that readers may see. */
  frames(topic: SimTopic): Frame[] {
    const frames: Frame[] = [];
    for (const record of this.records.slice(0, this.synced))
      if (record.kind === 'frame' && record.frame.topic === topic) frames.push(record.frame);
    return frames;
  }

  cursor(topic: SimTopic): number {
    let cursor = 0;
    for (const record of this.records.slice(0, this.synced))
      if (record.kind === 'cursor' && record.topic === topic)
        cursor = Math.max(cursor, record.offset);
    return cursor;
  }
}

/** The bus in one process: commits in groups, one write and one sync at a time, and acknowledges after the sync. */
export class SimBus {
  readonly #machine: Machine;
  readonly #life: Life;
  readonly #log: SimLog;
  readonly #broken: PipelineBreak | undefined;
  readonly #onFatal: (error: unknown) => void;
  #waiting: Waiting[] = [];
  #committing = false;
  /** After a failed sync nothing is written any more. */
  #failed = false;
  #watchers: (() => void)[] = [];

  constructor(
    machine: Machine,
    life: Life,
    log: SimLog,
    broken: PipelineBreak | undefined,
    onFatal: (error: unknown) => void,
  ) {
    this.#machine = machine;
    this.#life = life;
    this.#log = log;
    this.#broken = broken;
    this.#onFatal = onFatal;
    // What the last process had written is synced by opening it.
    log.synced = log.records.length;
  }

  publish(frames: readonly Frame[]): Promise<void> {
    if (this.#machine.hostile && this.#machine.chance(0.03))
      return Promise.reject(new Problem('too_many_requests', { retryAfterSeconds: 1 }));
    return this.#write(frames.map((frame) => ({ kind: 'frame', frame })));
  }

  commit(topic: SimTopic, offset: number): Promise<void> {
    return this.#write([{ kind: 'cursor', topic, offset }]);
  }

  frames(topic: SimTopic): Frame[] {
    return this.#log.frames(topic);
  }

  cursor(topic: SimTopic): number {
    return this.#log.cursor(topic);
  }

  /** Resolves when something was written. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#watchers.push(resolve));
  }

  #write(records: readonly LogRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, resolve, reject });
      if (!this.#committing) void this.#commitAll();
    });
  }

  async #commitAll(): Promise<void> {
    this.#committing = true;
    while (this.#waiting.length > 0 && !this.#failed) {
      const group = this.#waiting.splice(0);
      try {
        await this.#append(group.flatMap(({ records }) => records));
        if (this.#broken === 'ack-before-sync') tell(group);
        await this.#sync();
        tell(group);
      } catch (error) {
        this.#failed = true;
        for (const { reject } of group) reject(error);
        this.#onFatal(error);
      }
      for (const wake of this.#watchers.splice(0)) wake();
    }
    this.#committing = false;
  }

  #append(records: readonly LogRecord[]): Promise<unknown> {
    return this.#machine.call(this.#life, 'bus write', () => {
      this.#mayFail();
      this.#log.records.push(...records);
    });
  }

  async #sync(): Promise<void> {
    const { records } = this.#log;
    const upTo = records.length;
    try {
      await this.#machine.call(this.#life, 'bus sync', () => {
        this.#mayFail();
        this.#log.synced = upTo;
      });
    } catch (error) {
      // The pages are marked clean and are gone: a second sync says that all is well.
      records.length = this.#log.synced;
      if (this.#broken !== 'sync-again') throw error;
    }
  }

  #mayFail(): void {
    const { hostile, odds } = this.#machine;
    if (hostile && this.#machine.chance(odds.diskFails)) throw new Error('planned EIO');
  }
}

function tell(group: readonly Waiting[]): void {
  for (const { resolve } of group) resolve();
}
