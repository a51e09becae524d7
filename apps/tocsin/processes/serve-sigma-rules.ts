import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SigmaEntry } from '@tocsin/detect-service/domain/sigma/catalogue.ts';

/** Where the data process tells which Sigma documents it has. */
export const SIGMA_RULES_PATH = '/internal/sigma-rules';

/**
 * The answering side of {@link remoteSigmaRules}, on the internal socket, for callers with this start's credential.
 * Gives false, untouched, for any other path.
 */
export function serveSigmaRules(
  catalogue: () => Promise<readonly SigmaEntry[]>,
  credential: string,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  const digest = digestOf(`Bearer ${credential}`);
  return async (request, response) => {
    if (request.url !== SIGMA_RULES_PATH) return false;
    if (!timingSafeEqual(digestOf(request.headers.authorization ?? ''), digest)) {
      response.writeHead(401).end();
      return true;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(await catalogue()));
    return true;
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
