import type { IncomingMessage, ServerResponse } from 'node:http';
import { isProblem, Problem } from '@tocsin/kernel/problem.ts';
import type { Random } from '@tocsin/kernel/random.ts';
import type { EventBus } from '../event-bus.ts';
import type { GroupRegistry, LogFeed } from '../log-session.ts';
import type { WorkFeed } from '../work-feed.ts';
import { type BusOperation, OPERATIONS } from './bus-operations.ts';
import { type BusCredential, Callers } from './grants.ts';
import { ServedSessions } from './served-sessions.ts';
import { BUS_PATH, MESSAGE_BYTES_MAX } from './wire.ts';

/** A bus that can be served to other processes: its port and the feeds below it. */
export type ServableBus = EventBus & GroupRegistry & LogFeed & WorkFeed;

export interface ServeEventBusOptions {
  readonly credentials: readonly BusCredential[];
  readonly random: Random;
  /** Told of faults that are not the caller's. */
  readonly report?: (error: unknown, during: string) => void;
}

/** Answers a request below `/internal/bus/`; resolves false, untouched, for any other path. Never rejects. */
export type EventBusHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<boolean>;

/** Serves a bus over HTTP on a unix socket that the caller listens on (mode 0600). */
export function serveEventBus(bus: ServableBus, options: ServeEventBusOptions): EventBusHandler {
  const callers = new Callers(options.credentials);
  const sessions = new ServedSessions(options.random);
  return async (request, response) => {
    const path = request.url ?? '';
    if (!path.startsWith(BUS_PATH)) return false;
    try {
      const operation = operationOf(request.method, path.slice(BUS_PATH.length));
      const caller = callers.identify(request.headers.authorization);
      const body = await readBody(request);
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      const answer = await operation({ bus, sessions, caller, body, signal: gone.signal });
      send(response, answer === undefined ? 204 : 200, answer);
    } catch (error) {
      if (!isProblem(error)) options.report?.(error, 'serving the bus');
      sendProblem(response, error);
    }
    return true;
  };
}

function operationOf(method: string | undefined, name: string): BusOperation {
  const operation = OPERATIONS.get(name);
  if (operation === undefined) throw new Problem('not_found');
  if (method !== 'POST') throw new Problem('method_not_allowed');
  return operation;
}

/** @throws Problem `body_too_large` past {@link MESSAGE_BYTES_MAX} */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MESSAGE_BYTES_MAX) throw new Problem('body_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, status: number, answer: Buffer | object | undefined): void {
  if (response.destroyed) return;
  if (answer === undefined) {
    response.writeHead(status).end();
    return;
  }
  const binary = Buffer.isBuffer(answer);
  const bytes = binary ? answer : Buffer.from(JSON.stringify(answer));
  response
    .writeHead(status, {
      'content-type': binary ? 'application/octet-stream' : 'application/json',
      'content-length': bytes.length,
    })
    .end(bytes);
}

function sendProblem(response: ServerResponse, error: unknown): void {
  const problem = isProblem(error) ? error : new Problem('internal', { cause: error });
  if (response.headersSent) {
    response.destroy();
    return;
  }
  send(response, problem.status, {
    code: problem.code,
    detail: problem.message,
    ...(problem.retryAfterSeconds === undefined
      ? {}
      : { retry_after_seconds: problem.retryAfterSeconds }),
  });
}
