import { Problem } from '@tocsin/kernel/problem.ts';
import type { ApiObject } from '../cli/api-client.ts';
import { openPlatformSession, type SessionOptions } from '../cli/session.ts';

/** What `tenant set` was given. */
export interface SetOptions {
  readonly name?: string;
  readonly retentionDays?: number;
  readonly residency?: string;
  readonly keep?: readonly string[];
  readonly quota?: readonly string[];
  readonly brand?: readonly string[];
}

/** Changes a tenant against the revision that is read now, so that nobody's change is overwritten unseen. */
export async function changeTenant(
  session: SessionOptions,
  id: string,
  change: ApiObject,
): Promise<ApiObject> {
  return withRevision(session, id, async (api, etag) => {
    const { data } = await api.calls.PATCH('/v1/tenants/{tenant_id}', {
      params: { path: { tenant_id: id } },
      headers: { 'if-match': etag },
      body: change as never,
    });
    return data;
  });
}

/** Asks for the deletion of a suspended tenant. */
export async function deleteTenant(session: SessionOptions, id: string): Promise<ApiObject> {
  return withRevision(session, id, async (api, etag) => {
    const { data } = await api.calls.DELETE('/v1/tenants/{tenant_id}', {
      params: { path: { tenant_id: id } },
      headers: { 'if-match': etag },
    });
    return data;
  });
}

type Api = Awaited<ReturnType<typeof openPlatformSession>>;

async function withRevision(
  session: SessionOptions,
  id: string,
  work: (api: Api, etag: string) => Promise<ApiObject | undefined>,
): Promise<ApiObject> {
  const api = await openPlatformSession(session);
  const { response } = await api.calls.GET('/v1/tenants/{tenant_id}', {
    params: { path: { tenant_id: id } },
  });
  return (await work(api, response.headers.get('etag') ?? '')) ?? {};
}

/** The members that a change sends. */
export function changeOf(options: SetOptions): ApiObject {
  const change = {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.retentionDays === undefined ? {} : { retention_days: options.retentionDays }),
    ...(options.residency === undefined ? {} : { data_residency: options.residency }),
    ...(options.keep === undefined ? {} : { retention: numbers(options.keep, '_days') }),
    ...(options.quota === undefined ? {} : { quota: numbers(options.quota, '') }),
    ...(options.brand === undefined ? {} : { branding: texts(options.brand) }),
  };
  if (Object.keys(change).length > 0) return change;
  throw new Problem('invalid_request', {
    detail: 'nothing to change: give --name, --retention-days, --keep, --quota or --brand.',
  });
}

/** `alerts=180` as a number under its name on the wire. */
function numbers(pairs: readonly string[], ending: string): Record<string, number> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name, value] = split(pair);
      if (!/^\d{1,15}$/.test(value)) throw unreadable(pair, 'a whole number');
      return [name.endsWith(ending) ? name : name + ending, Number(value)];
    }),
  );
}

function texts(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(pairs.map(split));
}

function split(pair: string): [string, string] {
  const at = pair.indexOf('=');
  if (at < 1) throw unreadable(pair, 'a value');
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function unreadable(pair: string, what: string): Problem {
  return new Problem('invalid_request', { detail: `${pair}: write name=${what}.` });
}
