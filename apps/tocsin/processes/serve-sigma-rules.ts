import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DeferredNow } from '@tocsin/content-service/content-deps.ts';
import type { SigmaEntry } from '@tocsin/detect-service/domain/sigma/catalogue.ts';

/** Where the data process tells which Sigma documents it has. */
export const SIGMA_RULES_PATH = '/internal/sigma-rules';

/** Where it tells which of them are off the hot path. */
export const DEFERRED_RULES_PATH = '/internal/deferred-rules';

/** What knows the rules. */
export interface SigmaRulesSource {
  sigmaCatalogue(): Promise<readonly SigmaEntry[]>;
  deferredNow(): Promise<DeferredNow>;
}

/**
 * The answering side of {@link remoteSigmaRules}, on the internal socket, for callers with this start's credential.
 * Gives false, untouched, for any other path.
 */
export function serveSigmaRules(
  source: SigmaRulesSource,
  credential: string,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  const digest = digestOf(`Bearer ${credential}`);
  return async (request, response) => {
    const isCatalogue = request.url === SIGMA_RULES_PATH;
    if (!isCatalogue && request.url !== DEFERRED_RULES_PATH) return false;
    if (!timingSafeEqual(digestOf(request.headers.authorization ?? ''), digest)) {
      response.writeHead(401).end();
      return true;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    const told = isCatalogue ? await source.sigmaCatalogue() : await source.deferredNow();
    response.end(JSON.stringify(told));
    return true;
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
