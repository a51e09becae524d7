import fc from 'fast-check';
import { arbitraryValue } from './arbitrary-value.ts';
import type { Belongings } from './belongings.ts';
import type { Operation, Parameter } from './operations.ts';

/** A request without its caller. */
export interface GeneratedRequest {
  readonly method: Operation['method'];
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string | undefined;
}

const ABSENT = '00000000-0000-4000-8000-000000000000';
/** What changes of tenants are tried on: nobody's home, so that no other request depends on it. */
export const SPARE_TENANT = 'initech';

/**
 * Requests of an operation with another tenant's ids put wherever an id fits: path, query, body, cursor, filter, sort.
 * The same seed gives the same requests.
 */
export function foreignRequests(
  operation: Operation,
  foreign: Belongings,
  count: number,
  seed: number,
): GeneratedRequest[] {
  const ids = Object.values(foreign.ids).flat();
  const text = fc.constantFrom(...ids, foreign.tenant);
  const request = fc
    .record({
      path: pathOf(operation, foreign, ids),
      query: queryOf(operation, foreign, ids, text),
      body: operation.body === undefined ? fc.constant(undefined) : bodyOf(operation, text),
      etag: fc.constantFrom<Record<string, string>>({ 'if-match': '*' }, { 'if-match': '"1"' }, {}),
    })
    .map(({ path, query, body, etag }) => ({
      method: operation.method,
      url: query === '' ? path : `${path}?${query}`,
      headers: etag,
      payload: body === undefined ? undefined : JSON.stringify(body),
    }));
  return fc.sample(request, { numRuns: count, seed });
}

function pathOf(
  { path, scope, method }: Operation,
  foreign: Belongings,
  ids: readonly string[],
): fc.Arbitrary<string> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const values = names.map((name) => {
    if (name === 'tenant_id') {
      return fc.constantFrom(SPARE_TENANT, ...(method === 'GET' ? [foreign.tenant] : []));
    }
    if (scope === 'platform') return fc.constant(SPARE_TENANT);
    const kind = Object.entries(foreign.ids).find(([one]) => path.includes(one));
    return fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...(kind?.[1] ?? ids)) },
      { weight: 3, arbitrary: fc.constantFrom(...ids, foreign.tenant) },
      { weight: 1, arbitrary: fc.constant(ABSENT) },
    );
  });
  return fc.tuple(...values).map((chosen) => {
    const left = [...chosen];
    return path.replace(/\{\w+\}/g, () => encodeURIComponent(left.shift() ?? ''));
  });
}

function queryOf(
  { inQuery }: Operation,
  foreign: Belongings,
  ids: readonly string[],
  text: fc.Arbitrary<string>,
): fc.Arbitrary<string> {
  const filters = [
    ...ids.slice(0, 8).map((id) => `event_id:${id}`),
    ...ids.slice(0, 8).map((id) => `"${id}" or alert_id:${id}`),
    `tenant_id:${foreign.tenant}`,
    `tenant_id:* or not tenant_id:${foreign.tenant}`,
    'severity >= 0',
    '*',
  ];
  const chosen = inQuery.map((parameter) => {
    const value = special(parameter, foreign, filters) ?? arbitraryValue(parameter.schema, text);
    return fc.option(value, { nil: undefined, freq: parameter.required ? 9 : 1 });
  });
  return fc.tuple(...chosen).map((values) => {
    const query = new URLSearchParams();
    for (const [index, value] of values.entries()) {
      const name = inQuery[index]?.name;
      if (name !== undefined && value !== undefined) query.set(name, String(value));
    }
    return query.toString();
  });
}

function special({ name }: Parameter, { cursors }: Belongings, filters: readonly string[]) {
  if (name === 'cursor' && cursors.length > 0) return fc.constantFrom(...cursors);
  return name === 'q' ? fc.constantFrom(...filters) : undefined;
}

function bodyOf({ body = {}, id }: Operation, text: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  const value = arbitraryValue(body, text);
  if (id !== 'createTenant') return value;
  // Otherwise tenants would be made by the hundred.
  return value.map((one) => ({ ...(one as object), tenant_id: SPARE_TENANT }));
}
