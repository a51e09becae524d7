import type { FastifyReply, FastifyRequest } from 'fastify';

/** What pages of allowed origins may send. Cookies are not among it: they come with a bearer token. */
const ALLOWED_HEADERS =
  'authorization, content-encoding, content-type, idempotency-key, if-match, if-none-match, last-event-id, traceparent, x-api-key, x-request-id, x-tenant-id';
const EXPOSED_HEADERS =
  'allow, etag, location, ratelimit, ratelimit-policy, retry-after, www-authenticate, x-request-id';
const ALLOWED_METHODS = 'GET, POST, PUT, PATCH, DELETE';
/** Seconds for which a browser remembers the answer to a preflight. */
const MAX_AGE = '600';

/**
 * Cross-origin requests of browsers (Fetch standard, section 3.3). Closed: no page of another origin can read an
 * answer, except pages of the origins listed here. There is no wildcard.
 */
export class Cors {
  readonly #origins: ReadonlySet<string>;

  /** @param origins - as browsers send them: scheme, host and port, nothing behind */
  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
  }

  /** Adds what an allowed origin needs, and answers its preflight: then it says true and nothing more is to be done. */
  handle(request: FastifyRequest, reply: FastifyReply): boolean {
    if (this.#origins.size === 0) return false;
    // Answers differ by origin, which caches must know, also of those that are not allowed.
    void reply.header('vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !this.#origins.has(origin)) return false;
    void reply.headers({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': EXPOSED_HEADERS,
      'cross-origin-resource-policy': 'cross-origin',
    });
    const asked = request.headers['access-control-request-method'];
    if (request.method !== 'OPTIONS' || asked === undefined) return false;
    void reply
      .code(204)
      .headers({
        'access-control-allow-headers': ALLOWED_HEADERS,
        'access-control-allow-methods': ALLOWED_METHODS,
        'access-control-max-age': MAX_AGE,
      })
      .send();
    return true;
  }
}
