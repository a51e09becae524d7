import type { CancelTimer, Clock } from '@tocsin/kernel/clock.ts';
import { isProblem, Problem, type ProblemOptions } from '@tocsin/kernel/problem.ts';
import { PROBLEMS, type ProblemCode } from '@tocsin/kernel/problem-catalogue.ts';
import { Pool } from 'undici';
import { Members } from './members.ts';
import { BUS_PATH, MESSAGE_BYTES_MAX } from './wire.ts';

/** Time a call may take beyond what it waits for, in milliseconds. */
const CALL_MS_MAX = 30_000;

/** Calls the operations of a served bus over its unix socket. */
export class BusClient {
  readonly #pool: Pool;
  readonly #token: string;
  readonly #clock: Clock;

  constructor(socketPath: string, token: string, clock: Clock) {
    this.#pool = new Pool('http://bus.internal', {
      socketPath,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 4000,
    });
    this.#token = token;
    this.#clock = clock;
  }

  /**
   * The bytes of the answer; empty when there was none.
   *
   * @param waitMs how long the other side may wait before it answers
   * @throws Problem as the other side stated it; `unavailable` when it cannot be reached; `deadline_exceeded`
   */
  async call(
    operation: string,
    body: Buffer | object,
    waitMs = 0,
    signal?: AbortSignal,
  ): Promise<Buffer> {
    const deadline = new Deadline(this.#clock, waitMs + CALL_MS_MAX, signal);
    try {
      return await this.#request(operation, body, deadline.signal);
    } catch (error) {
      if (isProblem(error)) throw error;
      if (deadline.passed) throw new Problem('deadline_exceeded', { cause: error });
      throw new Problem('unavailable', {
        detail: 'the process that keeps the bus cannot be reached',
        cause: error,
      });
    } finally {
      deadline.cancel();
    }
  }

  async callForObject(operation: string, body: object): Promise<Members> {
    return Members.parse(await this.call(operation, body));
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #request(operation: string, body: Buffer | object, signal: AbortSignal): Promise<Buffer> {
    const { statusCode, body: answer } = await this.#pool.request({
      path: `${BUS_PATH}${operation}`,
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}` },
      body: Buffer.isBuffer(body) ? body : JSON.stringify(body),
      signal,
    });
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > 2 * MESSAGE_BYTES_MAX) throw new Error('the answer is longer than the limit');
      chunks.push(chunk);
    }
    const bytes = Buffer.concat(chunks);
    if (statusCode >= 400) throw problemOf(bytes);
    return bytes;
  }
}

/** Aborts after a time, or with another signal. */
class Deadline {
  readonly #controller = new AbortController();
  readonly #cancelTimer: CancelTimer;
  readonly #outer: AbortSignal | undefined;
  readonly #abort = (): void => this.#controller.abort();
  passed = false;

  constructor(clock: Clock, ms: number, outer: AbortSignal | undefined) {
    this.#outer = outer;
    this.#cancelTimer = clock.after(ms, () => {
      this.passed = true;
      this.#abort();
    });
    outer?.addEventListener('abort', this.#abort, { once: true });
    if (outer?.aborted) this.#abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  cancel(): void {
    this.#cancelTimer();
    this.#outer?.removeEventListener('abort', this.#abort);
  }
}

function problemOf(bytes: Buffer): Problem {
  const members = Members.parse(bytes);
  const code = members.text('code');
  const retryAfterSeconds = members.optionalWhole('retry_after_seconds');
  const options: ProblemOptions = {
    detail: members.text('detail'),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
  return new Problem(isProblemCode(code) ? code : 'internal', options);
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}
