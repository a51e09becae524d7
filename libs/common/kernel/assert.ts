/** A broken invariant: our own bug. It is never caught and turned into an answer of success. */
export class AssertionFailure extends Error {
  constructor(invariant: string) {
    super(`invariant broken: ${invariant}`);
    this.name = 'AssertionFailure';
  }
}

/** Throws {@link AssertionFailure} unless the condition holds. The invariant is stated in words. */
export function assert(condition: unknown, invariant: string): asserts condition {
  if (!condition) throw new AssertionFailure(invariant);
}

/** Marks a branch that cannot be reached; also makes a `switch` over a closed union exhaustive. */
export function never(value: never): never {
  throw new AssertionFailure(`unreachable value ${JSON.stringify(value)}`);
}
