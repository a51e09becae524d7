import type { ScoredAlert } from '@tocsin/contracts/alert.ts';

/** Least time between two updates of one alert: 1 second (design 3, *Episodes*). */
export const UPDATE_INTERVAL_MS = 1000;

/** Most alerts whose last update is held back. Past it an update goes out at once: none is ever dropped. */
export const HELD_ALERTS_MAX = 10_000;

interface Track {
  emittedAt: number;
  /** The newest state that has not gone out. */
  held: ScoredAlert | undefined;
}

/**
 * Holds back updates of an alert that follow one another fast; only the newest state goes out.
 * It never loses a final state: what it holds comes with {@link AlertCoalescer.due} or {@link AlertCoalescer.flush}.
 * Time is a parameter: milliseconds of one clock that does not go back.
 */
export class AlertCoalescer {
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
    track.emittedAt = now;
    track.held = undefined;
    return alert;
  }

  /** The held states whose second is over. Forgets alerts that have been quiet for one. */
  due(now: number): ScoredAlert[] {
    const out: ScoredAlert[] = [];
    for (const [id, track] of this.#tracks) {
      if (now - track.emittedAt < UPDATE_INTERVAL_MS) continue;
      if (track.held === undefined) {
        this.#tracks.delete(id);
        continue;
      }
      out.push(track.held);
      track.held = undefined;
      track.emittedAt = now;
    }
    return out;
  }

  /** All held states, due or not: before a checkpoint, so that no state is only in memory. */
  flush(now: number): ScoredAlert[] {
    const out: ScoredAlert[] = [];
    for (const track of this.#tracks.values()) {
      if (track.held === undefined) continue;
      out.push(track.held);
      track.held = undefined;
      track.emittedAt = now;
    }
    return out;
  }
}
