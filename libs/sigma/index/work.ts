/** Work that can be put down after each small piece of it. */
export type Work<Result> = Generator<undefined, Result, undefined>;

/** Asked after each piece: undefined to go on at once, a promise to wait for first. */
export type Pause = () => Promise<void> | undefined;

/** Does all of some work at once. */
export function finish<Result>(work: Work<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/** Does some work with pauses between its pieces; others run meanwhile. */
export async function finishWithPauses<Result>(work: Work<Result>, pause: Pause): Promise<Result> {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    const wait = pause();
    if (wait !== undefined) await wait;
  }
}
