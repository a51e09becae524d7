import type { Clock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { LeaseOwner } from '../log-session.ts';

/** The right of one owner to read a topic for a group. Ends by `end`, or when it was not renewed in time and another asks. */
export class Lease {
  readonly epoch: number;
  readonly leaseMs: number;
  /** Settles when it ended, for whatever reason. */
  readonly ended: Promise<void>;
  readonly #clock: Clock;
  readonly #settle: () => void;
  #expiresAt: number;
  #active = true;

  readonly #owner: LeaseOwner | undefined;

  constructor(epoch: number, leaseMs: number, clock: Clock, owner?: LeaseOwner) {
    this.#owner = owner;
    this.epoch = epoch;
    this.leaseMs = leaseMs;
    this.#clock = clock;
    this.#expiresAt = clock.monotonic() + leaseMs;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#settle = resolve;
  }

  get active(): boolean {
    return this.#active;
  }

  /** Milliseconds until another owner may take over; 0 when it may now. */
  get leftMs(): number {
    return this.#active ? Math.max(0, this.#expiresAt - this.#clock.monotonic()) : 0;
  }

  /** Milliseconds that this owner has to wait: 0 when it is a new run of the present one. */
  leftMsFor(owner: LeaseOwner | undefined): number {
    const restarted = owner?.name === this.#owner?.name && owner?.run !== this.#owner?.run;
    return restarted ? 0 : this.leftMs;
  }

  /** @throws Problem `lease_lost` when it ended */
  check(): void {
    if (this.#active) return;
    throw new Problem('lease_lost', {
      detail: `the lease of epoch ${this.epoch} has ended: another owner reads on from the cursors`,
    });
  }

  renew(): void {
    this.check();
    this.#expiresAt = this.#clock.monotonic() + this.leaseMs;
  }

  end(): void {
    this.#active = false;
    this.#settle();
  }
}
