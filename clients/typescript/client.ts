import createClient, { type Client, type Middleware } from 'openapi-fetch';
import type { components, paths } from './api.generated.ts';
import { type ProblemDocument, ProblemError } from './problem-error.ts';

/** The API as typed calls: `client.GET('/v1/cases/{id}', { params: { path: { id } } })`. */
export type TocsinClient = Client<paths, 'application/json'>;

/** A schema of the API document by its name: `Schema<'Case'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

/** Where Tocsin answers, and as whom it is asked. */
export interface TocsinClientOptions {
  /** For example `https://siem.example:8080`. */
  readonly url: string | URL;
  /** A JWT or an API key; a function is asked before each request, so that it can renew one. */
  readonly token: string | (() => string | Promise<string>);
  /** The tenant of the token: needed with a JWT on everything that belongs to a tenant. */
  readonly tenant?: string;
  /** Sends a request; default: the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/**
 * Makes a client. Its calls give `data` of the type the API document states; an answer of 400 or more is thrown as a
 * {@link ProblemError}, so `error` is never set.
 */
export function createTocsinClient(options: TocsinClientOptions): TocsinClient {
  const client = createClient<paths, 'application/json'>({
    baseUrl: String(options.url).replace(/\/$/, ''),
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  });
  client.use(credentialsOf(options), throwProblems);
  return client;
}

function credentialsOf({ token, tenant }: TocsinClientOptions): Middleware {
  return {
    async onRequest({ request }) {
      const bearer = typeof token === 'string' ? token : await token();
      request.headers.set('authorization', `Bearer ${bearer}`);
      if (tenant !== undefined) request.headers.set('x-tenant-id', tenant);
      return request;
    },
  };
}

const throwProblems: Middleware = {
  async onResponse({ request, response }) {
    if (response.status < 400) return undefined;
    const document = await readDocument(response);
    throw new ProblemError(
      `${request.method} ${new URL(request.url).pathname}`,
      response,
      document,
    );
  },
};

async function readDocument(response: Response): Promise<ProblemDocument | undefined> {
  try {
    const value: unknown = await response.json();
    return typeof value === 'object' && value !== null ? (value as ProblemDocument) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
