import { type Clock, sleep } from '@tocsin/kernel/clock.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';

/** Told of each failure inside a consumer: the bus has no log of its own. `during` is a constant phrase. */
export type ConsumerReport = (error: unknown, during: string) => void;

/** What a consumer loop needs from its adapter. */
export interface ConsumerShell {
  readonly clock: Clock;
  readonly report: ConsumerReport;
}

/** Longest pause between two tries of the same thing, in milliseconds. */
export const BACKOFF_MS_MAX = 30_000;

/** Pause before try `attempt` + 1: 1, 2, 4, ... seconds, at most {@link BACKOFF_MS_MAX}. */
export function backoffMs(attempt: number): number {
  return Math.min(BACKOFF_MS_MAX, 1000 * 2 ** Math.min(attempt, 10));
}

/** Waits before the next try, or until the signal aborts. */
export function backOff(clock: Clock, attempt: number, signal: AbortSignal): Promise<void> {
  return sleep(clock, backoffMs(attempt), signal);
}

/** Says whether trying the same again can help: only a problem says so of itself. */
export function isRetryable(error: unknown): boolean {
  return isProblem(error) && error.retryable;
}

/** The sentence kept with a dead letter, at most 500 characters. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.length <= 500 ? text : `${text.slice(0, 497)}...`;
}
