import type { Transferable } from 'node:worker_threads';
import { assert } from '@tocsin/kernel/assert.ts';
import { isProblem, Problem, type ProblemOptions } from '@tocsin/kernel/problem.ts';
import type { ProblemCode } from '@tocsin/kernel/problem-catalogue.ts';

/** What one side of a port offers to the other. Arguments and results are cloned; buffers may be transferred. */
export type PortMethods = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;

/** A thread's end of a port: a `MessagePort`, or the `Worker` itself. */
export interface Port {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  on(event: 'message', listener: (message: Call | Answer) => void): unknown;
}

interface Call {
  readonly kind: 'call';
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

interface Answer {
  readonly kind: 'answer';
  readonly id: number;
  readonly value?: unknown;
  readonly problem?: { code: ProblemCode; options: ProblemOptions };
  readonly error?: unknown;
}

/** Calls between two threads: problems stay problems, everything else that is thrown arrives as an error. */
export class PortCalls {
  readonly #port: Port;
  readonly #methods: PortMethods;
  readonly #waiting = new Map<
    number,
    { resolve: (value: never) => void; reject: (error: unknown) => void }
  >();
  #lastId = 0;
  /** Why the other side is gone, once it is. */
  #gone: { readonly error: unknown } | undefined;

  constructor(port: Port, methods: PortMethods) {
    this.#port = port;
    this.#methods = methods;
    port.on('message', (message: Call | Answer) => {
      if (message.kind === 'call') void this.#answer(message);
      else this.#settle(message);
    });
  }

  call<Result>(
    method: string,
    args: readonly unknown[],
    transfer: readonly Transferable[] = [],
  ): Promise<Result> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone.error);
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<Result>((resolve, reject) => {
      this.#port.postMessage({ kind: 'call', id, method, args } satisfies Call, [...transfer]);
      this.#waiting.set(id, { resolve, reject });
    });
  }

  /** Fails what waits and what is called later: the other side is gone. */
  fail(error: unknown): void {
    this.#gone ??= { error };
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  async #answer({ id, method, args }: Call): Promise<void> {
    try {
      const run = this.#methods[method];
      assert(run !== undefined, `the port has a method ${method}`);
      const value = await run(...(args as never[]));
      this.#port.postMessage({ kind: 'answer', id, value } satisfies Answer);
    } catch (error) {
      this.#port.postMessage({ kind: 'answer', id, ...faultOf(error) } satisfies Answer);
    }
  }

  #settle({ id, value, problem, error }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (problem !== undefined) waiting?.reject(new Problem(problem.code, problem.options));
    else if (error !== undefined) waiting?.reject(error);
    else waiting?.resolve(value as never);
  }
}

function faultOf(error: unknown): Pick<Answer, 'problem' | 'error'> {
  if (!isProblem(error)) return { error: error ?? new Error('thrown without a value') };
  const { code, detail, errors, members, retryAfterSeconds } = error;
  const options: ProblemOptions = {
    errors,
    members,
    ...(detail === undefined ? {} : { detail }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
  return { problem: { code, options } };
}
