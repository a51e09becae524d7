import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import { isProblem, Problem } from '@tocsin/kernel/problem.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import type { StorageAges, TenantStorage } from '@tocsin/retention-service/tenant-storage.ts';

/** Where the data process answers. */
export const TENANT_STORAGE_PATH = '/internal/tenant-storage/';

const BODY_BYTES_MAX = 4_096;

/**
 * The answering side of `RemoteTenantStorage`, for the process that has the stores; on the internal socket, for
 * callers with this start's credential. Gives false, untouched, for any other path.
 */
export function serveTenantStorage(
  storage: TenantStorage,
  credential: string,
  onFault: (error: unknown) => void,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  const digest = digestOf(`Bearer ${credential}`);
  return async (request, response) => {
    const path = request.url ?? '';
    if (!path.startsWith(TENANT_STORAGE_PATH)) return false;
    try {
      if (!timingSafeEqual(digestOf(request.headers.authorization ?? ''), digest)) {
        throw new Problem('unauthenticated');
      }
      const { tenant_id, ages } = await readCall(request);
      const tenant = systemContext(parseTenantId(tenant_id), 'retention');
      const call = path.slice(TENANT_STORAGE_PATH.length);
      if (call === 'expire' && ages !== undefined)
        send(response, 200, await storage.expire(tenant, ages));
      else if (call === 'erase') send(response, 200, await storage.erase(tenant));
      else throw new Problem('not_found');
    } catch (error) {
      if (!isProblem(error)) onFault(error);
      const problem = isProblem(error) ? error : new Problem('internal', { cause: error });
      send(response, problem.status, { code: problem.code, detail: problem.detail ?? '' });
    }
    return true;
  };
}

interface Call {
  readonly tenant_id: unknown;
  readonly ages?: StorageAges;
}

/** The peer is one of our processes and made this from its own types. */
async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > BODY_BYTES_MAX) throw new Problem('body_too_large');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Call;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
