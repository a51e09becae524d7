import { Problem } from '@tocsin/kernel/problem.ts';

/**
 * Remembers the first failed commit for ever. After it nothing is acknowledged:
 * what a failed fsync covered is unknown, and a second fsync may succeed without writing it.
 */
export class FatalLatch {
  readonly #onFatal: (error: Error) => void;
  #error: Error | undefined;

  constructor(onFatal: (error: Error) => void) {
    this.#onFatal = onFatal;
  }

  get tripped(): boolean {
    return this.#error !== undefined;
  }

  /** Keeps the first error and reports it once. */
  trip(cause: unknown): void {
    if (this.#error !== undefined) return;
    const error = cause instanceof Error ? cause : new Error(String(cause));
    this.#error = error;
    // On its own, so that nothing it throws can keep those who wait from being refused.
    queueMicrotask(() => this.#onFatal(error));
  }

  /** @throws Problem `unavailable` once a commit has failed */
  check(): void {
    if (this.#error === undefined) return;
    throw new Problem('unavailable', {
      detail: 'the bus stopped after a failed commit: the process restarts and reads from disk',
      cause: this.#error,
    });
  }
}
