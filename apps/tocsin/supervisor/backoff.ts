/** First wait before a process is started again. */
export const BACKOFF_FIRST_MS = 250;
/** Longest wait. */
export const BACKOFF_MAX_MS = 30_000;
/** A process that was healthy this long has earned a fresh start of the count. */
export const BACKOFF_RESET_MS = 60_000;

/** The wait before the next start: doubles with each failure, from the first again after a healthy while. */
export function nextBackoffMs(previousMs: number | undefined, healthyMs: number): number {
  if (previousMs === undefined || healthyMs >= BACKOFF_RESET_MS) return BACKOFF_FIRST_MS;
  return Math.min(previousMs * 2, BACKOFF_MAX_MS);
}
