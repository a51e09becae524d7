import type { CancelTimer, Clock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';

/** Searches that run at once, in all and for one tenant: storing has priority over them (design 2). */
export const SEARCHES_MAX = 4;
export const SEARCHES_PER_TENANT_MAX = 2;
/** Searches of one tenant that wait for a slot, and how long each waits, milliseconds. */
export const WAITING_PER_TENANT_MAX = 8;
export const WAIT_MS_MAX = 2000;

interface Waiter {
  readonly tenantId: TenantId;
  readonly start: () => void;
}

/** Lets a few searches run at once and a few wait; what is beyond is refused and counted. */
export class SearchSlots {
  readonly #clock: Clock;
  readonly #running = new Map<TenantId, number>();
  readonly #waiting: Waiter[] = [];
  #runningInAll = 0;
  /** Searches refused since the start. */
  refused = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get running(): number {
    return this.#runningInAll;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Waits for a slot; gives the function that frees it, to be called once.
   *
   * @throws Problem `too_many_requests` when too many wait already or it takes longer than {@link WAIT_MS_MAX}
   */
  async take(tenantId: TenantId): Promise<() => void> {
    if (this.#isFree(tenantId)) this.#occupy(tenantId);
    else await this.#wait(tenantId);
    return () => this.#free(tenantId);
  }

  #occupy(tenantId: TenantId): void {
    this.#runningInAll += 1;
    this.#running.set(tenantId, (this.#running.get(tenantId) ?? 0) + 1);
  }

  #isFree(tenantId: TenantId): boolean {
    const own = this.#running.get(tenantId) ?? 0;
    return this.#runningInAll < SEARCHES_MAX && own < SEARCHES_PER_TENANT_MAX;
  }

  #wait(tenantId: TenantId): Promise<void> {
    const own = this.#waiting.filter((waiter) => waiter.tenantId === tenantId).length;
    if (own >= WAITING_PER_TENANT_MAX) return Promise.reject(this.#refusal());
    return new Promise((resolve, reject) => {
      let cancel: CancelTimer = () => undefined;
      const waiter: Waiter = {
        tenantId,
        start: () => {
          cancel();
          this.#occupy(tenantId); // at once, so that nobody takes the slot before the promise is told
          resolve();
        },
      };
      cancel = this.#clock.after(WAIT_MS_MAX, () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(this.#refusal());
      });
      this.#waiting.push(waiter);
    });
  }

  #free(tenantId: TenantId): void {
    this.#runningInAll -= 1;
    const own = (this.#running.get(tenantId) ?? 1) - 1;
    if (own === 0) this.#running.delete(tenantId);
    else this.#running.set(tenantId, own);
    const next = this.#waiting.findIndex((waiter) => this.#isFree(waiter.tenantId));
    if (next >= 0) this.#waiting.splice(next, 1)[0]?.start();
  }

  #refusal(): Problem {
    this.refused += 1;
    return new Problem('too_many_requests', {
      detail: `at most ${SEARCHES_PER_TENANT_MAX} searches of a tenant and ${SEARCHES_MAX} in all run at once: try again`,
      retryAfterSeconds: 1,
    });
  }
}
