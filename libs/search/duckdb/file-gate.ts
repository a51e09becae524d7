/** Lets many read while the files stay as they are, and a file be exchanged while nobody reads. */
export class FileGate {
  #readers = 0;
  #exchange: Promise<void> | undefined;
  #drained: () => void = () => undefined;

  /** Runs a reader. It waits while a file is being exchanged. */
  async read<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#exchange !== undefined) await this.#exchange;
    this.#readers += 1;
    try {
      return await work();
    } finally {
      this.#readers -= 1;
      if (this.#readers === 0) this.#drained();
    }
  }

  /** Runs once the readers that are in have left; new ones wait. One call at a time: the caller's duty. */
  async exchange(work: () => Promise<void>): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#exchange = done.promise;
    try {
      if (this.#readers > 0) {
        await new Promise<void>((resolve) => {
          this.#drained = resolve;
        });
      }
      await work();
    } finally {
      this.#drained = () => undefined;
      this.#exchange = undefined;
      done.resolve();
    }
  }
}
