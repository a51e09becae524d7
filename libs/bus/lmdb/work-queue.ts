import type { WorkTopic } from '@tocsin/contracts/topic.ts';
import { sleep } from '@tocsin/kernel/clock.ts';
import { isProblem, Problem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { reasonOf } from '../consumer-shell.ts';
import type { Frame } from '../frame.ts';
import type { LeasedWork, WorkOutcome, WorkReceipt, WorkRequest } from '../work-feed.ts';
import { CORRUPT_BYTES_MAX, corruptFrame } from './corrupt-frame.ts';
import type { DeadLetterStore } from './dead-letter-store.ts';
import { FairQueue } from './fair-queue.ts';
import type { FrameStore } from './frame-store.ts';
import type { Group } from './group.ts';
import { cursorKey, type GroupTable } from './group-table.ts';
import type { BusCounters } from './limits.ts';
import { type MetaKey, type MetaRecords, type MetaStore, parseJson } from './meta-store.ts';
import type { Source } from './source.ts';
import { type WorkCandidate, WorkSource, type WorkState } from './work-source.ts';

/** Small messages count at least this much in a tenant's turn, in bytes. */
const TURN_BYTES_MIN = 4096;

/** Reason of an item whose workers all died over it. */
const NO_ANSWER = 'the last delivery allowed ended without an answer';

/** What a work queue works on. */
export interface WorkQueueParts {
  readonly log: FrameStore;
  readonly meta: MetaStore;
  readonly groups: GroupTable;
  readonly deadLetters: DeadLetterStore;
  readonly counters: BusCounters;
  readonly world: World;
}

/** An item that a lease was written for. */
interface Given {
  readonly source: WorkSource;
  readonly seq: number;
  readonly state: WorkState;
}

/** The items of one work topic for one group: which are leased, waiting for their next try, or done. */
export class WorkQueue {
  readonly #parts: WorkQueueParts;
  readonly #group: Group;
  readonly #sources = new Map<Source, WorkSource>();
  readonly #fair = new FairQueue<WorkCandidate>(({ bytes }) => Math.max(bytes, TURN_BYTES_MIN));
  readonly #waiters = new Set<() => void>();
  #closed = false;

  constructor(parts: WorkQueueParts, group: Group) {
    this.#parts = parts;
    this.#group = group;
    for (const source of parts.log.sourcesOf(group.topic)) this.wake(source);
    for (const { key, value } of parts.meta.list(['work', group.topic, group.name])) {
      const [shard, tenantId, seq] = key.slice(3) as [number, TenantId, number];
      const source = parts.log.findSource(group.topic, shard, tenantId);
      if (source !== undefined) this.#sourceOf(source).restore(seq, parseJson(value));
    }
  }

  /** Tells that a source has new items. */
  wake(source: Source): void {
    this.#fair.wake(this.#sourceOf(source));
    for (const waiter of this.#waiters) waiter();
  }

  /** Items of a source that are done ahead of an earlier one that is not: for `depth`. */
  doneAboveCursor(source: Source): number {
    return this.#sources.get(source)?.doneCount ?? 0;
  }

  async lease(request: WorkRequest): Promise<readonly LeasedWork[]> {
    const { clock } = this.#parts.world;
    const until = clock.monotonic() + request.waitMs;
    for (;;) {
      if (request.signal.aborted || this.#closed) return [];
      const leased = await this.#leaseNow(request);
      if (leased.length > 0) return leased;
      const left = until - clock.monotonic();
      if (left <= 0) return [];
      await this.#wait(Math.min(left, this.#msToNextDue()), request.signal);
    }
  }

  /** Gives out nothing more: who waits for work is told that there is none. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiters) waiter();
  }

  async extend(receipt: WorkReceipt, leaseMs: number): Promise<void> {
    const { source, state } = this.#find(receipt);
    state.at = this.#parts.world.clock.now() + leaseMs;
    await this.#parts.meta.change((records) => {
      this.#write(records, source.source, receipt.offset, state);
    });
  }

  async finish(receipt: WorkReceipt, outcome: WorkOutcome): Promise<void> {
    const { source, state } = this.#find(receipt);
    if (outcome.kind === 'retry') {
      state.kind = 'retry';
      state.at = this.#parts.world.clock.now() + outcome.delayMs;
      await this.#parts.meta.change((records) => {
        this.#write(records, source.source, receipt.offset, state);
      });
      for (const waiter of this.#waiters) waiter();
      return;
    }
    const frame =
      outcome.kind === 'park' ? this.#frameOf(source.source, receipt.offset) : undefined;
    await this.#done(source, receipt.offset, frame && { ...frame, ...outcome });
  }

  async #leaseNow(request: WorkRequest): Promise<LeasedWork[]> {
    const now = this.#parts.world.clock.now();
    for (const source of this.#sources.values()) {
      if (source.collectDue(now)) this.#fair.wake(source);
    }
    const taken = this.#fair.take(Number.POSITIVE_INFINITY, request.itemsMax);
    // All are marked before the first wait, so that no other worker is given one of them.
    const given = taken.map(({ source, seq }): Given => {
      const attempt = source.attemptsOf(seq) + 1;
      const state: WorkState = { kind: 'leased', attempt, at: now + request.leaseMs };
      source.states.set(seq, state);
      source.settling.add(seq);
      return { source, seq, state };
    });
    if (given.length === 0) return [];
    try {
      await this.#parts.meta.change((records) => {
        for (const { source, seq, state } of given) this.#write(records, source.source, seq, state);
      });
      return await this.#handOut(given, request);
    } finally {
      for (const { source, seq } of given) source.settling.delete(seq);
    }
  }

  async #handOut(given: readonly Given[], request: WorkRequest): Promise<LeasedWork[]> {
    const leased: LeasedWork[] = [];
    for (const { source, seq, state } of given) {
      const { frame, reason } = this.#frameOf(source.source, seq);
      const why = state.attempt > request.attemptsMax ? NO_ANSWER : reason;
      const receipt = receiptOf(request, source.source, seq, state.attempt);
      if (why === '') leased.push({ receipt, frame });
      else await this.#done(source, seq, { frame, reason: why });
    }
    // The time of the lease is the worker's: making it durable takes nothing from it.
    const until = this.#parts.world.clock.now() + request.leaseMs;
    for (const { state } of given) if (state.kind === 'leased') state.at = until;
    return leased;
  }

  /** Takes an item out: the cursor passes it as soon as all before it are done too. */
  async #done(
    source: WorkSource,
    seq: number,
    letter: { readonly frame: Frame; readonly reason: string } | undefined,
  ): Promise<void> {
    const { meta, log, groups, deadLetters } = this.#parts;
    const attempts = source.attemptsOf(seq);
    const state: WorkState = { kind: 'done', attempt: attempts, at: 0 };
    const { topic, name: group } = this.#group;
    const parking =
      letter && deadLetters.parking({ topic, group, ordinal: 0, attempts, ...letter });
    let offset = 0;
    source.settling.add(seq);
    const ended = meta.change((records) => {
      parking?.(records);
      source.states.set(seq, state);
      const passed = source.passDone();
      offset = source.floor;
      for (const gone of passed) records.remove(this.#key(source.source, gone));
      if (source.states.has(seq)) this.#write(records, source.source, seq, state);
      if (passed.length === 0) return;
      const totals = log.totalsAt(source.source, offset);
      records.putJson(cursorKey(this.#group, source.source), { offset, ...totals });
    });
    await ended.finally(() => source.settling.delete(seq));
    groups.moved(this.#group, source.source, offset, log.totalsAt(source.source, offset));
    // The window may have been full.
    this.wake(source.source);
  }

  #find(receipt: WorkReceipt): { source: WorkSource; state: WorkState } {
    const { topic, shard, tenantId, offset, attempt } = receipt;
    const known = this.#parts.log.findSource(topic, shard, tenantId);
    const source = known && this.#sources.get(known);
    const state = source?.states.get(offset);
    const held = state?.kind === 'leased' && state.attempt === attempt;
    if (held && source !== undefined && !source.settling.has(offset)) return { source, state };
    throw new Problem('lease_lost', {
      detail: `attempt ${attempt} of item ${offset} is over: its lease ran out or it was finished`,
    });
  }

  /** The item, or what is left of it with the reason why it cannot be given out. */
  #frameOf(source: Source, seq: number): { readonly frame: Frame; readonly reason: string } {
    const { log, counters } = this.#parts;
    try {
      const frame = log.read(source, seq);
      if (frame !== undefined) return { frame, reason: '' };
      return { frame: corruptFrame(source, seq, Buffer.alloc(0), 1), reason: 'missing' };
    } catch (error) {
      if (!isProblem(error, 'invalid_request')) throw error;
      counters.corruptFrames += 1;
      const body = log.readRecord(source, seq)?.body.subarray(0, CORRUPT_BYTES_MAX);
      const frame = corruptFrame(source, seq, body ?? Buffer.alloc(0), 1);
      return { frame, reason: reasonOf(error) };
    }
  }

  #msToNextDue(): number {
    let due = Number.POSITIVE_INFINITY;
    for (const source of this.#sources.values()) due = Math.min(due, source.nextDueAt());
    return Math.max(1, due - this.#parts.world.clock.now());
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    const done = new AbortController();
    const wake = (): void => done.abort();
    this.#waiters.add(wake);
    signal.addEventListener('abort', wake, { once: true });
    if (signal.aborted) wake();
    await sleep(this.#parts.world.clock, ms, done.signal);
    signal.removeEventListener('abort', wake);
    this.#waiters.delete(wake);
  }

  #sourceOf(source: Source): WorkSource {
    const known = this.#sources.get(source);
    if (known !== undefined) return known;
    const created = new WorkSource(source, this.#group.offsetOf(source), (seq) => {
      return this.#parts.log.bodyBytes(source, seq);
    });
    this.#sources.set(source, created);
    return created;
  }

  #write(records: MetaRecords, source: Source, seq: number, state: WorkState): void {
    records.putJson(this.#key(source, seq), state);
  }

  #key(source: Source, seq: number): MetaKey {
    const { topic, name } = this.#group;
    return ['work', topic, name, source.shard, source.tenantId, seq];
  }
}

function receiptOf(
  { topic, group }: { readonly topic: WorkTopic; readonly group: string },
  { shard, tenantId }: Source,
  offset: number,
  attempt: number,
): WorkReceipt {
  return { topic, group, shard, tenantId, offset, attempt };
}
