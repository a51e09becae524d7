import type { Topic } from '@tocsin/contracts/topic.ts';
import { sleep } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { GroupName } from '../event-bus.ts';
import type { LogSessionRequest } from '../log-session.ts';
import type { FrameStore } from './frame-store.ts';
import { Group } from './group.ts';
import { Lease } from './lease.ts';
import { type MetaKey, type MetaStore, parseJson } from './meta-store.ts';
import type { Source, Totals } from './source.ts';

interface StoredCursor extends Totals {
  readonly offset: number;
}

/** Who wants a lease, and how long it waits for one. */
export type LeaseRequest = Pick<LogSessionRequest, 'waitMs' | 'signal' | 'owner'>;

/** Where a cursor is to be moved. */
export interface CursorMove {
  readonly topic: Topic;
  readonly shard: number;
  readonly tenantId: TenantId;
  readonly offset: number;
}

/** All consumer groups with their cursors and leases, and the changes of them that are durable. */
export class GroupTable {
  readonly #meta: MetaStore;
  readonly #log: FrameStore;
  readonly #world: World;
  readonly #leaseMs: number;
  readonly #onMoved: (source: Source) => void;
  readonly #groups = new Map<string, Group>();
  readonly #registering = new Map<string, Promise<Group>>();

  /** @param onMoved told after a group's cursor of a source moved, or a group came into being */
  constructor(
    meta: MetaStore,
    log: FrameStore,
    world: World,
    leaseMs: number,
    onMoved: (source: Source) => void,
  ) {
    this.#meta = meta;
    this.#log = log;
    this.#world = world;
    this.#leaseMs = leaseMs;
    this.#onMoved = onMoved;
    this.#load();
  }

  find(topic: Topic, name: GroupName): Group | undefined {
    return this.#groups.get(`${topic}/${name}`);
  }

  /** The groups that were ever consumers of a topic: each of them keeps its frames. */
  of(topic: Topic): Group[] {
    return [...this.#groups.values()].filter((group) => group.topic === topic);
  }

  /** The group, made durable when it is new: from then on frames wait for it. */
  async register(topic: Topic, name: GroupName, fromNewest: boolean): Promise<Group> {
    const key = `${topic}/${name}`;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const running = this.#registering.get(key) ?? this.#create(topic, name, fromNewest);
    this.#registering.set(key, running);
    try {
      return await running;
    } finally {
      this.#registering.delete(key);
    }
  }

  /** Takes the lease of a group with the next epoch; `undefined` when another keeps it for `waitMs`. */
  async acquire(group: Group, request: LeaseRequest): Promise<Lease | undefined> {
    const { clock } = this.#world;
    const { waitMs, signal, owner } = request;
    const until = clock.monotonic() + waitMs;
    for (let held = group.lease; held !== undefined; held = group.lease) {
      const leaseLeft = held.leftMsFor(owner);
      if (leaseLeft === 0) break;
      const left = until - clock.monotonic();
      if (left <= 0 || signal.aborted) return undefined;
      await waitForEnd(held, this.#world, Math.min(left, leaseLeft), signal);
    }
    if (signal.aborted) return undefined;
    group.lease?.end();
    const lease = new Lease(group.epoch + 1, this.#leaseMs, clock, owner);
    group.lease = lease;
    group.epoch = lease.epoch;
    await this.#meta.change((records) => records.putJson(groupKey(group), { epoch: lease.epoch }));
    lease.check();
    return lease;
  }

  /**
   * Moves cursors durably, none of them back.
   *
   * @throws Problem `lease_lost` when the lease ended; `invalid_request` for a position that no frame has
   */
  async commit(group: Group, lease: Lease, moves: readonly CursorMove[]): Promise<void> {
    lease.check();
    const found = moves
      .map((move) => this.#resolve(group, move))
      .filter(({ source, offset }) => offset > group.offsetOf(source));
    if (found.length === 0) return;
    this.#world.failpoint('cursor.before-commit');
    let written = false;
    await this.#meta.change((records) => {
      if (!lease.active) return;
      written = true;
      for (const { source, offset, totals } of found) {
        const cursor = group.cursor(source);
        if (offset <= cursor.written) continue;
        cursor.written = offset;
        records.putJson(cursorKey(group, source), { offset, ...totals } satisfies StoredCursor);
      }
    });
    if (!written) lease.check();
    this.#world.failpoint('cursor.after-commit');
    // Also when the lease ended meanwhile: what is durable is so for the next owner too.
    for (const { source, offset, totals } of found) this.moved(group, source, offset, totals);
    lease.check();
  }

  /** Takes over a cursor that is durable now. */
  moved(group: Group, source: Source, offset: number, totals: Totals): void {
    const cursor = group.cursor(source);
    if (offset <= cursor.offset) return;
    cursor.offset = offset;
    cursor.written = Math.max(cursor.written, offset);
    cursor.totals = totals;
    this.#onMoved(source);
  }

  #resolve(group: Group, move: CursorMove): { source: Source; offset: number; totals: Totals } {
    const { topic, shard, tenantId, offset } = move;
    const source = topic === group.topic && this.#log.findSource(topic, shard, tenantId);
    if (!source || !Number.isSafeInteger(offset) || offset < 0 || offset > source.head) {
      throw new Problem('invalid_request', {
        detail: `no frame stands at ${topic}, shard ${shard}, tenant ${tenantId}, offset ${offset}`,
      });
    }
    return { source, offset, totals: this.#log.totalsAt(source, offset) };
  }

  async #create(topic: Topic, name: GroupName, fromNewest: boolean): Promise<Group> {
    const group = new Group(topic, name, 0);
    const sources = [...this.#log.sourcesOf(topic)];
    const starts = fromNewest ? sources.filter(({ head }) => head > 0) : [];
    const cursors = starts.map((source) => {
      return { source, offset: source.head, totals: source.headTotals };
    });
    await this.#meta.change((records) => {
      records.putJson(groupKey(group), { epoch: 0 });
      for (const { source, offset, totals } of cursors) {
        records.putJson(cursorKey(group, source), { offset, ...totals } satisfies StoredCursor);
      }
    });
    for (const { source, offset, totals } of cursors) {
      group.cursors.set(source.key, { offset, totals, written: offset });
    }
    this.#groups.set(`${topic}/${name}`, group);
    for (const source of this.#log.sourcesOf(topic)) this.#onMoved(source);
    return group;
  }

  #load(): void {
    for (const { key, value } of this.#meta.list(['group'])) {
      const [, topic, name] = key as ['group', Topic, GroupName];
      const { epoch } = parseJson<{ epoch: number }>(value);
      this.#groups.set(`${topic}/${name}`, new Group(topic, name, epoch));
    }
    for (const { key, value } of this.#meta.list(['cursor'])) {
      const [, topic, name, shard, tenantId] = key as [string, Topic, GroupName, number, TenantId];
      const { offset, ...totals } = parseJson<StoredCursor>(value);
      const source = this.#log.source(topic, shard, tenantId);
      // A group whose own record was damaged still is one: what it has to read must not go.
      const group = this.find(topic, name) ?? new Group(topic, name, 0);
      this.#groups.set(`${topic}/${name}`, group);
      group.cursors.set(source.key, { offset, totals, written: offset });
    }
  }
}

/** Key of a cursor, also used by work topics for the offset below which all is done. */
export function cursorKey(group: Group, source: Source): MetaKey {
  return ['cursor', group.topic, group.name, source.shard, source.tenantId];
}

function groupKey(group: Group): MetaKey {
  return ['group', group.topic, group.name];
}

/** Waits until a lease ended or may be taken over, at most `ms`. */
async function waitForEnd(
  lease: Lease,
  world: World,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  const done = new AbortController();
  const stop = (): void => done.abort();
  signal.addEventListener('abort', stop, { once: true });
  await Promise.race([lease.ended, sleep(world.clock, ms, done.signal)]);
  signal.removeEventListener('abort', stop);
  done.abort();
}
