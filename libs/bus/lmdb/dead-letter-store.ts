import type { Topic } from '@tocsin/contracts/topic.ts';
import type { Clock } from '@tocsin/kernel/clock.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { DeadLetter, GroupName } from '../event-bus.ts';
import type { Frame } from '../frame.ts';
import { decodeFrame, encodeFrame } from '../frame-codec.ts';
import type { BusCounters } from './limits.ts';
import type { MetaKey, MetaRecords, MetaStore } from './meta-store.ts';

/** An item to park: a frame of one item (its body may be cut bytes when the record was corrupt). */
export interface ParkedItem {
  readonly topic: Topic;
  readonly group: GroupName;
  readonly frame: Frame;
  readonly ordinal: number;
  readonly reason: string;
  readonly attempts: number;
}

interface LetterHeader {
  readonly ordinal: number;
  readonly reason: string;
  readonly attempts: number;
  readonly parked_at: number;
}

/** Dead letters of all topics and groups, kept apart by tenant in their keys. */
export class DeadLetterStore {
  readonly #meta: MetaStore;
  readonly #clock: Clock;
  readonly #counters: BusCounters;
  readonly #perTenantMax: number;
  readonly #counts = new Map<string, number>();
  readonly #worked = new Map<string, Promise<boolean>>();

  constructor(meta: MetaStore, clock: Clock, counters: BusCounters, perTenantMax: number) {
    this.#meta = meta;
    this.#clock = clock;
    this.#counters = counters;
    this.#perTenantMax = perTenantMax;
    for (const key of meta.keys(['dead'])) this.#count(key.slice(0, 4).join('/'), 1);
  }

  countOf(topic: Topic, group: GroupName, tenantId: TenantId): number {
    return this.#counts.get(`dead/${topic}/${group}/${tenantId}`) ?? 0;
  }

  /** Durable when it resolves. The same item of the same group parked twice is one letter. */
  async park(item: ParkedItem): Promise<void> {
    await this.#meta.change(this.parking(item));
  }

  /** The change that parks an item, to be made together with others. */
  parking(item: ParkedItem): (records: MetaRecords) => void {
    const id = letterId(item.frame, item.ordinal);
    const key = letterKey(item.topic, item.group, item.frame.tenantId, id);
    const value = encodeLetter(item, this.#clock.now());
    return (records) => {
      if (!records.has(key)) {
        this.#dropOldestWhenFull(records, key);
        this.#count(key.slice(0, 4).join('/'), 1);
        this.#counters.deadLettersParked += 1;
      }
      records.put(key, value);
    };
  }

  list(
    topic: Topic,
    group: GroupName,
    tenantId: TenantId,
    limit: number,
    after?: string,
  ): DeadLetter[] {
    const letters: DeadLetter[] = [];
    const from = after === undefined ? undefined : letterKey(topic, group, tenantId, after);
    for (const { key, value } of this.#meta.list(['dead', topic, group, tenantId], from)) {
      if (letters.length >= limit) break;
      letters.push(decodeLetter(String(key[4]), value));
    }
    return letters;
  }

  find(topic: Topic, group: GroupName, tenantId: TenantId, id: string): DeadLetter | undefined {
    const value = this.#meta.get(letterKey(topic, group, tenantId, id));
    return value === undefined ? undefined : decodeLetter(id, value);
  }

  /** False when there is no such letter of this tenant. */
  async remove(topic: Topic, group: GroupName, tenantId: TenantId, id: string): Promise<boolean> {
    const key = letterKey(topic, group, tenantId, id);
    let removed = false;
    await this.#meta.change((records) => {
      removed = this.#drop(records, key);
    });
    return removed;
  }

  /** Removes every letter of a tenant, of all topics and groups; gives their number. */
  async removeAll(tenantId: TenantId): Promise<number> {
    const keys = [...this.#meta.keys(['dead'])].filter((key) => key[3] === tenantId);
    let removed = 0;
    await this.#meta.change((records) => {
      removed = keys.filter((key) => this.#drop(records, key)).length;
    });
    return removed;
  }

  /** Runs work on a letter; while it runs, another call for that letter waits for its end and gives false. */
  async alone(
    [topic, group, tenantId, id]: readonly [Topic, GroupName, TenantId, string],
    work: () => Promise<boolean>,
  ): Promise<boolean> {
    const key = letterKey(topic, group, tenantId, id).join('/');
    const running = this.#worked.get(key);
    if (running !== undefined) {
      await running;
      return false;
    }
    const run = work().finally(() => this.#worked.delete(key));
    this.#worked.set(key, run);
    return await run;
  }

  /** False when it is not there, or went in the same commit. */
  #drop(records: MetaRecords, key: MetaKey): boolean {
    if (!records.has(key)) return false;
    records.remove(key);
    this.#count(key.slice(0, 4).join('/'), -1);
    return true;
  }

  #dropOldestWhenFull(records: MetaRecords, key: MetaKey): void {
    const prefix: MetaKey = [key[0], ...key.slice(1, 4)];
    const isFull = (): boolean => (this.#counts.get(prefix.join('/')) ?? 0) >= this.#perTenantMax;
    if (!isFull()) return;
    for (const oldest of this.#meta.keys(prefix)) {
      if (!this.#drop(records, oldest)) continue;
      this.#counters.deadLettersDropped += 1;
      if (!isFull()) return;
    }
  }

  #count(prefix: string, by: number): void {
    this.#counts.set(prefix, (this.#counts.get(prefix) ?? 0) + by);
  }
}

/** Frame ids made at accept sort by time, so letters do too. */
function letterId(frame: Frame, ordinal: number): string {
  return `${frame.id}.${String(ordinal).padStart(6, '0')}`;
}

function letterKey(topic: Topic, group: GroupName, tenantId: TenantId, id: string): MetaKey {
  return ['dead', topic, group, tenantId, id.slice(0, 100)];
}

function encodeLetter(item: ParkedItem, parkedAt: number): Buffer {
  const { ordinal, reason, attempts } = item;
  const header: LetterHeader = { ordinal, reason, attempts, parked_at: parkedAt };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text, encodeFrame(item.frame)]);
}

function decodeLetter(id: string, value: Buffer): DeadLetter {
  const end = 4 + value.readUInt32BE(0);
  const header = JSON.parse(value.toString('utf8', 4, end)) as LetterHeader;
  const { frame } = decodeFrame(value.subarray(end));
  const { ordinal, reason, attempts, parked_at: parkedAt } = header;
  return { id, tenantId: frame.tenantId, frame, ordinal, reason, attempts, parkedAt };
}
