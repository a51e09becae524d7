import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { messageOf } from '@tocsin/kernel/message-of.ts';
import { isProblem, Problem } from '@tocsin/kernel/problem.ts';

/** Largest body of a request on the admin socket. */
export const ADMIN_BODY_BYTES_MAX = 4 * 1024;

/** One operation of the admin socket. Its body has been parsed as JSON, and nothing more. */
export type AdminOperation = (body: unknown) => Promise<unknown>;

/** Operations by method and path, for example `POST /token`. */
export type AdminOperations = Readonly<Record<string, AdminOperation>>;

/**
 * The admin socket: HTTP on a unix socket of mode 0600 in a folder of mode 0700. Whoever can open it owns the
 * installation's files anyway, so it asks for no further credential (design 6).
 */
export async function openAdminServer(
  socketPath: string,
  operations: AdminOperations,
): Promise<Server> {
  await rm(socketPath, { force: true });
  const server = createServer((request, response) => {
    void answer(request, response, operations);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  await chmod(socketPath, 0o600);
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  operations: AdminOperations,
): Promise<void> {
  try {
    const operation = operations[`${request.method} ${request.url}`];
    if (operation === undefined) throw new Problem('not_found');
    send(response, 200, await operation(await readBody(request)));
  } catch (error) {
    const problem = isProblem(error) ? error : new Problem('internal', { cause: error });
    const detail = problem.detail ?? messageOf(error);
    send(response, problem.status, { code: problem.code, status: problem.status, detail });
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > ADMIN_BODY_BYTES_MAX) throw new Problem('body_too_large');
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw new Problem('malformed_json', { cause });
  }
}
