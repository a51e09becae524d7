import { createTocsinClient, type TocsinClient } from '@tocsin/client/client.ts';
import {
  type ListItem,
  type ListPath,
  type ListQuery,
  listItems,
} from '@tocsin/client/list-items.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { type HttpAnswer, httpCall } from './http-call.ts';

/** One page of a list, as every list of the API answers it. */
export interface ApiPage {
  readonly items: readonly ApiObject[];
  readonly next_cursor: string | null;
}

/** An object of the API whose members the command line only shows. */
export type ApiObject = Readonly<Record<string, unknown>>;

/** Parameters of a path; absent ones are left out. */
export type ApiQuery = Readonly<Record<string, string | number | undefined>>;

/** The API as one bearer and, on tenant routes, one tenant see it. */
export class ApiClient {
  readonly url: URL;
  readonly tenant: string | undefined;
  /** The operations of the API document, typed. A refusal is thrown as a {@link Problem}. */
  readonly calls: TocsinClient;
  readonly #token: string;

  constructor(url: URL, token: string, tenant: string | undefined) {
    this.url = url;
    this.tenant = tenant;
    this.#token = token;
    this.calls = createTocsinClient({
      url,
      token,
      ...(tenant === undefined ? {} : { tenant }),
      fetch: (request) => fetchByCall(url, request),
    });
  }

  /** The headers every request carries. */
  headers(): Record<string, string> {
    const tenant = this.tenant === undefined ? {} : { 'x-tenant-id': this.tenant };
    return { authorization: `Bearer ${this.#token}`, ...tenant };
  }

  async get(path: string, query: ApiQuery = {}): Promise<ApiObject> {
    return readObject(await this.send('GET', withQuery(path, query)));
  }

  async post(path: string, body: unknown): Promise<ApiObject> {
    return readObject(await this.send('POST', path, JSON.stringify(body)));
  }

  /** A page of a list. */
  async page(path: string, query: ApiQuery = {}): Promise<ApiPage> {
    const { items, next_cursor } = await this.get(path, query);
    return {
      items: Array.isArray(items) ? items : [],
      next_cursor: typeof next_cursor === 'string' ? next_cursor : null,
    };
  }

  /** Every item of a list, up to `max`. */
  all<Path extends ListPath>(
    path: Path,
    query: ListQuery<Path>,
    max: number,
  ): Promise<readonly ListItem<Path>[]>;
  /** The same for a path that is put together while running: its items are not typed. */
  all(path: string, query: ApiQuery, max: number): Promise<readonly ApiObject[]>;
  async all(path: string, query: object, max: number): Promise<readonly ApiObject[]> {
    const items: ApiObject[] = [];
    for await (const item of listItems(this.calls, path as ListPath, query, max)) items.push(item);
    return items;
  }

  /**
   * Sends a request and answers whatever status below 400.
   *
   * @throws Problem with the words of the problem document, `unavailable` when nothing answers
   */
  async send(method: string, path: string, body?: string): Promise<HttpAnswer> {
    const answer = await httpCall(
      { url: this.url },
      {
        method,
        path,
        headers: {
          ...this.headers(),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body }),
      },
    );
    if (answer.status >= 400) throw problemOf(answer, `${method} ${path}`);
    return answer;
  }
}

/** Sends what the typed client asks by {@link httpCall}, which answers in words when nothing is there. */
async function fetchByCall(url: URL, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const { method } = request;
  const body = request.body === null ? undefined : await request.bytes();
  const answer = await httpCall(
    { url },
    {
      method,
      path: pathname + search,
      headers: Object.fromEntries(request.headers),
      ...(body === undefined ? {} : { body }),
    },
  );
  if (answer.status >= 400) throw problemOf(answer, `${method} ${pathname}`);
  const empty = answer.body.length === 0;
  const { etag, 'content-type': contentType = 'application/json' } = answer.headers;
  const headers = { 'content-type': contentType, ...(etag === undefined ? {} : { etag }) };
  return new Response(empty ? null : new Uint8Array(answer.body), {
    status: answer.status,
    headers,
  });
}

function withQuery(path: string, query: ApiQuery): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}

function readObject(answer: HttpAnswer): ApiObject {
  const value: unknown = JSON.parse(answer.body.toString('utf8'));
  return typeof value === 'object' && value !== null ? (value as ApiObject) : {};
}

/** Turns a problem document (RFC 9457) into one sentence. Answers that are none are shown by their status. */
export function problemOf(answer: HttpAnswer, request: string): Problem {
  const document = parseDocument(answer.body);
  const faults = Array.isArray(document.errors) ? document.errors : [];
  const where = faults
    .map((fault: { pointer?: unknown; detail?: unknown }) => `${fault.pointer}: ${fault.detail}`)
    .join('; ');
  const said = document.detail ?? document.title ?? `${request} was answered with ${answer.status}`;
  const detail = where === '' ? String(said) : `${said} (${where})`;
  return new Problem(codeOf(answer.status), { detail });
}

function codeOf(
  status: number,
): 'not_found' | 'unavailable' | 'unauthenticated' | 'invalid_request' {
  if (status === 404) return 'not_found';
  if (status === 401) return 'unauthenticated';
  return status >= 500 || status === 429 ? 'unavailable' : 'invalid_request';
}

function parseDocument(body: Buffer): ApiObject {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as ApiObject) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
