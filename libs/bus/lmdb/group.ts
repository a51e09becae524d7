import type { Topic } from '@tocsin/contracts/topic.ts';
import type { GroupName } from '../event-bus.ts';
import type { Lease } from './lease.ts';
import { NO_TOTALS, type Source, type Totals } from './source.ts';

/** How far a group has read a source. */
export interface Cursor {
  /** Durable: everything at or below it is done. */
  offset: number;
  totals: Totals;
  /** Offset in the change that is being made durable. */
  written: number;
}

/** A consumer group of one topic, with its cursors. It exists from its first consumer on, for ever. */
export class Group {
  readonly topic: Topic;
  readonly name: GroupName;
  /** Cursors by source key; a source without one is unread. */
  readonly cursors = new Map<string, Cursor>();
  epoch: number;
  lease: Lease | undefined;

  constructor(topic: Topic, name: GroupName, epoch: number) {
    this.topic = topic;
    this.name = name;
    this.epoch = epoch;
  }

  offsetOf(source: Source): number {
    return this.cursors.get(source.key)?.offset ?? 0;
  }

  totalsOf(source: Source): Totals {
    return this.cursors.get(source.key)?.totals ?? NO_TOTALS;
  }

  /** The cursor to move, made at 0 when there is none. */
  cursor(source: Source): Cursor {
    const known = this.cursors.get(source.key);
    if (known !== undefined) return known;
    const cursor: Cursor = { offset: 0, totals: NO_TOTALS, written: 0 };
    this.cursors.set(source.key, cursor);
    return cursor;
  }
}
