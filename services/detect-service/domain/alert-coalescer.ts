import type { ScoredAlert } from '@tocsin/contracts/alert.ts';

/** Least time between two updates of one alert: 1 second (design 3, *Episodes*). */
export const UPDATE_INTERVAL_MS = 1000;

/** Most alerts whose last update is held back. Past it an update goes out at once: none is ever dropped. */
export const HELD_ALERTS_MAX = 10_000;

interface Track {
  readonly emittedAt: number;
  /** The newest state that has not gone out. */
  held: ScoredAlert | undefined;
}

/**
 * Holds back updates of an alert that follow one another fast; only the newest state goes out.
 * It never loses a final state: what it holds comes with {@link AlertCoalescer.due} or {@link AlertCoalescer.flush}.
 * Time is a parameter: milliseconds of one clock that does not go back.
 */
export class AlertCoalescer {
  /** In the order of `emittedAt`, so that only those that are due are looked at. */
  readonly #tracks = new Map<string, Track>();
  readonly #heldMax: number;

  constructor(heldMax: number = HELD_ALERTS_MAX) {
    this.#heldMax = heldMax;
  }

  /** Number of alerts it remembers: those sent or held within the last second or so. */
  get size(): number {
    return this.#tracks.size;
  }

  /** Takes a state of an alert. Gives it back when it goes out now; a first state always does. */
  offer(alert: ScoredAlert, now: number): ScoredAlert | undefined {
    const track = this.#tracks.get(alert.alert_id);
    if (track === undefined) {
      if (this.#tracks.size < this.#heldMax) {
        this.#tracks.set(alert.alert_id, { emittedAt: now, held: undefined });
      }
      return alert;
    }
    if (track.held !== undefined && track.held.revision >= alert.revision) return undefined;
    if (now - track.emittedAt < UPDATE_INTERVAL_MS) {
      track.held = alert;
      return undefined;
    }
    this.#emitted(alert.alert_id, now);
    return alert;
  }

  /** The held states whose second is over. Forgets alerts that have been quiet for one. */
  due(now: number): ScoredAlert[] {
    const out: ScoredAlert[] = [];
    for (const [id, { emittedAt, held }] of this.#tracks) {
      if (now - emittedAt < UPDATE_INTERVAL_MS) break;
      if (held === undefined) {
        this.#tracks.delete(id);
        continue;
      }
      out.push(held);
      this.#emitted(id, now);
    }
    return out;
  }

  /** All held states, due or not: before a checkpoint, so that no state is only in memory. */
  flush(now: number): ScoredAlert[] {
    const out: ScoredAlert[] = [];
    for (const [id, { held }] of [...this.#tracks]) {
      if (held === undefined) continue;
      out.push(held);
      this.#emitted(id, now);
    }
    return out;
  }

  #emitted(alertId: string, now: number): void {
    this.#tracks.delete(alertId);
    this.#tracks.set(alertId, { emittedAt: now, held: undefined });
  }
}
