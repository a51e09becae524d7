import { Problem } from '@tocsin/kernel/problem.ts';

/** Most streams at once. A stream costs a search each second it is open. */
export const STREAM_LIMITS = { all: 200, tenant: 20, principal: 5 } as const;

export type SlotRefusal = keyof typeof STREAM_LIMITS;

/** Who holds how many streams. */
export class StreamSlots {
  readonly #held = new Map<string, number>();
  readonly #limits: Readonly<Record<SlotRefusal, number>>;
  readonly #onRefused: (reason: SlotRefusal) => void;

  constructor(
    onRefused: (reason: SlotRefusal) => void,
    limits: Readonly<Record<SlotRefusal, number>> = STREAM_LIMITS,
  ) {
    this.#onRefused = onRefused;
    this.#limits = limits;
  }

  /** Streams open now. */
  get open(): number {
    return this.#held.get('all') ?? 0;
  }

  /**
   * Takes a place; call what it gives once, when the stream ends.
   *
   * @throws Problem `too_many_requests` naming whose limit is reached
   */
  take(tenantId: string, principal: string): () => void {
    const places = [
      ['principal', `principal/${tenantId}/${principal}`],
      ['tenant', `tenant/${tenantId}`],
      ['all', 'all'],
    ] as const;
    for (const [reason, key] of places) {
      const most = this.#limits[reason];
      if ((this.#held.get(key) ?? 0) < most) continue;
      this.#onRefused(reason);
      throw new Problem('too_many_requests', {
        detail: `at most ${most} streams ${WHOSE[reason]} at once: close one first`,
        retryAfterSeconds: 5,
        members: { reason: `${reason}_streams` },
      });
    }
    for (const [, key] of places) this.#held.set(key, (this.#held.get(key) ?? 0) + 1);
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      for (const [, key] of places) this.#release(key);
    };
  }

  #release(key: string): void {
    const left = (this.#held.get(key) ?? 1) - 1;
    if (left === 0) this.#held.delete(key);
    else this.#held.set(key, left);
  }
}

const WHOSE: Readonly<Record<SlotRefusal, string>> = {
  principal: 'of one person or key',
  tenant: 'of a tenant',
  all: 'in all',
};
