import type { Topic } from '@tocsin/contracts/topic.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { Frame } from '../frame.ts';
import type { BusCounters, LmdbBusLimits } from './limits.ts';
import type { Source } from './source.ts';

/** Refused publishers are told to come back after this long. */
const RETRY_AFTER_SECONDS = 2;

/** Gives back what `admit` reserved. */
export type ReleaseReservation = () => void;

/** What waits of one topic, in bytes. */
class TopicAccount {
  readonly #byTenant = new Map<TenantId, number>();
  total = 0;
  /** Part of it that waits for the disk. */
  queued = 0;

  ofTenant(tenantId: TenantId): number {
    return this.#byTenant.get(tenantId) ?? 0;
  }

  add(tenantId: TenantId, bytes: number): void {
    this.total += bytes;
    const waiting = this.ofTenant(tenantId) + bytes;
    if (waiting === 0) this.#byTenant.delete(tenantId);
    else this.#byTenant.set(tenantId, waiting);
  }
}

/** The bytes of one tenant and topic in a call. */
interface Share {
  readonly topic: Topic;
  readonly tenantId: TenantId;
  bytes: number;
}

/** Keeps account of the bytes that wait, per topic and tenant, and refuses what is past the limits. */
export class Admission {
  readonly #limits: LmdbBusLimits;
  readonly #counters: BusCounters;
  readonly #accounts = new Map<Topic, TopicAccount>();

  constructor(limits: LmdbBusLimits, counters: BusCounters) {
    this.#limits = limits;
    this.#counters = counters;
  }

  /** Bytes that the slowest groups have not committed, all topics and tenants. */
  get waitingBytes(): number {
    let bytes = 0;
    for (const { total } of this.#accounts.values()) bytes += total;
    return bytes;
  }

  /**
   * Reserves room for all frames or none; the reservation is released when they are durable or failed.
   *
   * @throws Problem `too_many_requests` for a tenant's limit, `unavailable` for the home's
   */
  admit(frames: readonly Frame[]): ReleaseReservation {
    const shares = sharesOf(frames);
    const byTopic = Map.groupBy(shares, ({ topic }) => topic);
    for (const [topic, some] of byTopic) this.#checkHome(topic, some);
    for (const share of shares) this.#checkTenant(share);
    this.#reserve(shares, 1);
    return () => this.#reserve(shares, -1);
  }

  /** Takes note of how much of a source waits now. */
  setWaiting(source: Source, bytes: number): void {
    this.#account(source.topic).add(source.tenantId, bytes - source.waitingBytes);
    source.waitingBytes = bytes;
  }

  #checkHome(topic: Topic, shares: readonly Share[]): void {
    const { homeWaitingBytesMax, commitQueueBytesMax } = this.#limits;
    const { total, queued } = this.#account(topic);
    const bytes = shares.reduce((sum, share) => sum + share.bytes, 0);
    const full = total + bytes > homeWaitingBytesMax;
    if (!full && queued + bytes <= commitQueueBytesMax) return;
    this.#counters.refusedHomeLimit += 1;
    throw new Problem('unavailable', {
      detail: full
        ? `${total} bytes of ${topic} wait for their consumers, the limit is ${homeWaitingBytesMax}`
        : `${queued} bytes of ${topic} wait for the disk, the limit is ${commitQueueBytesMax}`,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }

  #checkTenant({ topic, tenantId, bytes }: Share): void {
    const waiting = this.#account(topic).ofTenant(tenantId);
    const max = this.#limits.tenantWaitingBytesMax;
    if (waiting + bytes <= max) return;
    this.#counters.refusedTenantLimit += 1;
    throw new Problem('too_many_requests', {
      detail: `${waiting} bytes of this tenant wait in ${topic}, the limit is ${max}`,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }

  #reserve(shares: readonly Share[], sign: 1 | -1): void {
    for (const { topic, tenantId, bytes } of shares) {
      const account = this.#account(topic);
      account.queued += sign * bytes;
      account.add(tenantId, sign * bytes);
    }
  }

  #account(topic: Topic): TopicAccount {
    const known = this.#accounts.get(topic);
    if (known !== undefined) return known;
    const account = new TopicAccount();
    this.#accounts.set(topic, account);
    return account;
  }
}

function sharesOf(frames: readonly Frame[]): readonly Share[] {
  const shares: Share[] = [];
  for (const { topic, tenantId, body } of frames) {
    const share = shares.find((one) => one.topic === topic && one.tenantId === tenantId);
    if (share === undefined) shares.push({ topic, tenantId, bytes: body.length });
    else share.bytes += body.length;
  }
  return shares;
}
