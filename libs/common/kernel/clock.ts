/** Cancels a timer. Calling it twice, or after the timer fired, does nothing. */
export type CancelTimer = () => void;

/** The only way that product code reads time or waits. */
export interface Clock {
  /** Wall time in milliseconds since 1970-01-01 UTC. May jump. */
  now(): number;
  /** Milliseconds that never go backward, for durations. Its zero means nothing. */
  monotonic(): number;
  /** Calls `run` once, `delayMs` (>= 0) from now. The timer does not keep a process alive. */
  after(delayMs: number, run: () => void): CancelTimer;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs` of the clock, or at once when the signal aborts. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.after(delayMs, finish);
    signal?.addEventListener('abort', finish, { once: true });
  });
}
