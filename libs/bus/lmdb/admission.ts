import { Problem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { Frame } from '../frame.ts';
import type { BusCounters, LmdbBusLimits } from './limits.ts';
import type { Source } from './source.ts';

/** Refused publishers are told to come back after this long. */
const RETRY_AFTER_SECONDS = 2;

/** Gives back what `admit` reserved. */
export type ReleaseReservation = () => void;

/** Keeps account of the bytes that wait, per tenant and in all, and refuses what is past the limits. */
export class Admission {
  readonly #limits: LmdbBusLimits;
  readonly #counters: BusCounters;
  readonly #waiting = new Map<TenantId, number>();
  #homeWaiting = 0;
  #queued = 0;

  constructor(limits: LmdbBusLimits, counters: BusCounters) {
    this.#limits = limits;
    this.#counters = counters;
  }

  /** Bytes that the slowest groups have not committed, all tenants. */
  get homeWaitingBytes(): number {
    return this.#homeWaiting;
  }

  /**
   * Reserves room for all frames or none; the reservation is released when they are durable or failed.
   *
   * @throws Problem `too_many_requests` for a tenant's limit, `unavailable` for the home's
   */
  admit(frames: readonly Frame[]): ReleaseReservation {
    const byTenant = new Map<TenantId, number>();
    let total = 0;
    for (const { tenantId, body } of frames) {
      total += body.length;
      byTenant.set(tenantId, (byTenant.get(tenantId) ?? 0) + body.length);
    }
    this.#checkHome(total);
    for (const [tenantId, bytes] of byTenant) this.#checkTenant(tenantId, bytes);
    this.#queued += total;
    for (const [tenantId, bytes] of byTenant) this.#add(tenantId, bytes);
    return () => {
      this.#queued -= total;
      for (const [tenantId, bytes] of byTenant) this.#add(tenantId, -bytes);
    };
  }

  /** Takes note of how much of a source waits now. */
  setWaiting(source: Source, bytes: number): void {
    this.#add(source.tenantId, bytes - source.waitingBytes);
    source.waitingBytes = bytes;
  }

  #checkHome(bytes: number): void {
    const { homeWaitingBytesMax, commitQueueBytesMax } = this.#limits;
    const full = this.#homeWaiting + bytes > homeWaitingBytesMax;
    if (!full && this.#queued + bytes <= commitQueueBytesMax) return;
    this.#counters.refusedHomeLimit += 1;
    throw new Problem('unavailable', {
      detail: full
        ? `${this.#homeWaiting} bytes wait for their consumers, the limit is ${homeWaitingBytesMax}`
        : `${this.#queued} bytes wait for the disk, the limit is ${commitQueueBytesMax}`,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }

  #checkTenant(tenantId: TenantId, bytes: number): void {
    const waiting = this.#waiting.get(tenantId) ?? 0;
    const max = this.#limits.tenantWaitingBytesMax;
    if (waiting + bytes <= max) return;
    this.#counters.refusedTenantLimit += 1;
    throw new Problem('too_many_requests', {
      detail: `${waiting} bytes of this tenant wait to be processed, the limit is ${max}`,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }

  #add(tenantId: TenantId, bytes: number): void {
    this.#homeWaiting += bytes;
    const waiting = (this.#waiting.get(tenantId) ?? 0) + bytes;
    if (waiting === 0) this.#waiting.delete(tenantId);
    else this.#waiting.set(tenantId, waiting);
  }
}
