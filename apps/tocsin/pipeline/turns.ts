/** Works of the pipeline, one after the other. Those that take frames also wait while somebody holds them. */
export class Turns {
  readonly #onFatal: (error: unknown) => void;
  #last: Promise<void> = Promise.resolve();
  /** Resolves when nobody holds frames. */
  #open: Promise<unknown> = Promise.resolve();

  constructor(onFatal: (error: unknown) => void) {
    this.#onFatal = onFatal;
  }

  /** Runs work after all that was asked before. After a failure nothing runs: a frame taken by half must never be passed. */
  run(work: () => Promise<void>): Promise<void> {
    const run = this.#last.then(work);
    this.#last = run;
    run.catch((error: unknown) => this.#onFatal(error));
    return run;
  }

  /** The same, once frames are not held. */
  runUnheld(work: () => Promise<void>): Promise<void> {
    return this.#open.then(() => this.run(work));
  }

  /** Holds frames that come from now on until the returned function is called; they stay in order. */
  hold(): () => void {
    const hold = Promise.withResolvers<void>();
    // What another call holds goes first.
    const former = this.#open;
    this.#open = hold.promise.then(() => former);
    return hold.resolve;
  }
}
