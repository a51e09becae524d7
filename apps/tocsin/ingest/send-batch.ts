import { type Clock, sleep } from '@tocsin/kernel/clock.ts';
import { isProblem, type Problem } from '@tocsin/kernel/problem.ts';
import { type ApiClient, problemOf } from '../cli/api-client.ts';
import { type HttpAnswer, httpCall } from '../cli/http-call.ts';

/** What became of one request. */
export interface BatchOutcome {
  readonly accepted: number;
  readonly refused: number;
  readonly receipts: readonly string[];
  /** Why items were refused, some of them. */
  readonly reasons: readonly string[];
  readonly repeated: number;
}

/** How to send. */
export interface SendOptions {
  readonly api: ApiClient;
  readonly path: string;
  readonly clock: Clock;
  /** Names this request, so that the server stores its items once however often it is sent. */
  readonly key: string;
  /** Told when the server asks to wait, in milliseconds. */
  readonly waiting: (ms: number) => void;
}

/** A server that does not answer is tried this long: it may be starting again. */
const UNREACHABLE_MS_MAX = 120_000;
const WAIT_FIRST_MS = 250;
const WAIT_MAX_MS = 10_000;

/**
 * Sends items as one NDJSON body until the server has decided on each of them. 429 and 503 are obeyed for as long as
 * it takes (`Retry-After`, RFC 9110 section 10.2.3); a server that is gone is tried for two minutes.
 *
 * @throws Problem when sending can never work: no right, no such place, or no server
 */
export async function sendBatch(
  items: readonly Buffer[],
  options: SendOptions,
): Promise<BatchOutcome> {
  let repeated = 0;
  let waitMs = WAIT_FIRST_MS;
  const begin = options.clock.monotonic();
  for (;;) {
    const answer = await post(items, options).catch((error: unknown) => {
      const gaveUp = options.clock.monotonic() - begin > UNREACHABLE_MS_MAX;
      if (!isProblem(error, 'unavailable') || gaveUp) throw error;
      return error;
    });
    if (!isProblem(answer)) {
      if (answer.status === 202) return { ...accepted(answer), repeated };
      if (!shouldRepeat(answer.status)) return refusal(items, answer, options, repeated);
    } else if (!isRefusedConnection(answer)) repeated += 1;
    const asked = isProblem(answer) ? 0 : Number(answer.headers['retry-after'] ?? 0) * 1000;
    const pause = Math.min(Math.max(asked, waitMs), Math.max(asked, WAIT_MAX_MS));
    options.waiting(pause);
    await sleep(options.clock, pause);
    waitMs = Math.min(waitMs * 2, WAIT_MAX_MS);
  }
}

function post(items: readonly Buffer[], { api, path, key }: SendOptions): Promise<HttpAnswer> {
  const lineEnd = Buffer.from('\n');
  return httpCall(
    { url: api.url },
    {
      method: 'POST',
      path,
      headers: {
        ...api.headers(),
        'content-type': 'application/x-ndjson',
        'idempotency-key': key,
      },
      body: Buffer.concat(items.flatMap((item) => [item, lineEnd])),
    },
  );
}

function accepted(answer: HttpAnswer): Omit<BatchOutcome, 'repeated'> {
  const body: Partial<Record<string, unknown>> = JSON.parse(answer.body.toString('utf8'));
  const refusals = Array.isArray(body.refusals) ? body.refusals : [];
  return {
    accepted: Number(body.accepted ?? 0),
    refused: Number(body.refused ?? 0),
    receipts: typeof body.receipt === 'string' ? [body.receipt] : [],
    reasons: refusals.map(({ pointer, detail }) => `${pointer ?? ''} ${detail}`.trim()),
  };
}

/** A body refused as a whole is halved, until it is known which items are at fault: the others must go through. */
async function refusal(
  items: readonly Buffer[],
  answer: HttpAnswer,
  options: SendOptions,
  repeated: number,
): Promise<BatchOutcome> {
  const problem = problemOf(answer, `POST ${options.path}`);
  if (!aboutTheBody(answer.status)) throw problem;
  const reasons = [problem.detail ?? problem.title];
  if (items.length === 1 || isAboutEachItem(answer)) {
    return { accepted: 0, refused: items.length, receipts: [], reasons, repeated };
  }
  const middle = Math.ceil(items.length / 2);
  const first = await sendBatch(items.slice(0, middle), { ...options, key: `${options.key}/a` });
  const second = await sendBatch(items.slice(middle), { ...options, key: `${options.key}/b` });
  return {
    accepted: first.accepted + second.accepted,
    refused: first.refused + second.refused,
    receipts: [...first.receipts, ...second.receipts],
    reasons: [...first.reasons, ...second.reasons],
    repeated: repeated + first.repeated + second.repeated,
  };
}

/** The server counts the refused items itself when it looked at each of them. */
function isAboutEachItem(answer: HttpAnswer): boolean {
  try {
    const document: { refused?: unknown } = JSON.parse(answer.body.toString('utf8'));
    return typeof document.refused === 'number';
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function shouldRepeat(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

function aboutTheBody(status: number): boolean {
  return status === 400 || status === 413 || status === 415 || status === 422;
}

function isRefusedConnection(problem: Problem): boolean {
  const { cause } = problem;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}
