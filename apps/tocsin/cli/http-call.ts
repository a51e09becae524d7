import * as http from 'node:http';
import * as https from 'node:https';
import { Problem } from '@tocsin/kernel/problem.ts';

/** Where a server listens: a URL, or a unix socket. */
export type Endpoint = { readonly url: URL } | { readonly socketPath: string };

/** One request. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly signal?: AbortSignal;
}

/** Its answer, read whole. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Largest answer the command line reads. */
export const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
/** An answer that takes longer is given up. */
export const ANSWER_TIMEOUT_MS = 60_000;

const agents = {
  http: new http.Agent({ keepAlive: true, maxSockets: 16 }),
  https: new https.Agent({ keepAlive: true, maxSockets: 16 }),
};

/**
 * Sends one request and reads the whole answer.
 * Node's own client: the command line must start fast, and loading a larger one takes 0.2 s.
 *
 * @throws Problem `unavailable` when nothing answers
 */
export function httpCall(endpoint: Endpoint, request: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => reject(unreachable(endpoint, cause));
    const call = open(endpoint, request, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > ANSWER_BYTES_MAX) call.destroy(new Error('the answer is too large'));
        else chunks.push(chunk);
      });
      response.on('error', fail);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    call.setTimeout(ANSWER_TIMEOUT_MS, () => call.destroy(new Error('no answer in 60 s')));
    call.on('error', fail);
    call.end(request.body);
  });
}

function open(
  endpoint: Endpoint,
  request: HttpRequest,
  heard: (response: http.IncomingMessage) => void,
): http.ClientRequest {
  const { method, path, headers = {}, signal } = request;
  const options = { method, path, headers: { ...headers }, ...(signal ? { signal } : {}) };
  if ('socketPath' in endpoint) {
    return http.request({ ...options, socketPath: endpoint.socketPath, host: 'localhost' }, heard);
  }
  const { protocol, hostname, port } = endpoint.url;
  const target = { ...options, hostname, ...(port === '' ? {} : { port }) };
  return protocol === 'https:'
    ? https.request({ ...target, agent: agents.https }, heard)
    : http.request({ ...target, agent: agents.http }, heard);
}

function unreachable(endpoint: Endpoint, cause: Error): Problem {
  const where = 'socketPath' in endpoint ? endpoint.socketPath : endpoint.url.origin;
  const why = 'code' in cause ? String(cause.code) : cause.message;
  return new Problem('unavailable', {
    detail: `Tocsin does not answer at ${where} (${why}). Start it with \`tocsin up\`, or look at \`tocsin status\`.`,
    cause,
  });
}
