import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { arbitraryValue } from './arbitrary-value.ts';
import { SPARE_TENANT } from './foreign-requests.ts';
import { DOCUMENT, type Operation, type Parameter, type Schema } from './operations.ts';

/** A request that may be wrong in any way. */
export interface HostileRequest {
  readonly method: Operation['method'];
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string | undefined;
  /** By the API document it cannot be right. */
  readonly isInvalid: boolean;
}

/** Text that has broken parsers, databases, terminals and spreadsheets. */
const TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'x\udfff',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '%2e%2e%2f',
  "'; drop table tenants; --",
  '" or 1=1',
  '$(7*7)',
  '{{7*7}}',
  '=cmd|calc',
  '\u202etxt.exe',
  '\u001b[31m',
  '￿',
  '%',
  '*',
  '(((((',
  'a:b:c',
  'severity >= ',
  '"unclosed',
  'null',
  'true',
  'NaN',
  '-1',
  '1e400',
  '9007199254740993',
  '99999999999999999999',
  '0x10',
  '1,2',
  '2026-13-45T99:99:99Z',
  '275760-09-13T00:00:00.001Z',
  '00000000-0000-0000-0000-000000000000',
  'eyJhIjoxfQ',
  'x'.repeat(300),
  'é'.repeat(5_000),
];

/** JSON that is none, or that is meant to hurt its reader. */
const BODIES = [
  '',
  '{',
  '[]',
  'null',
  'true',
  '"text"',
  '0',
  '{"a":1}{"b":2}',
  '{"a":1,"a":2}',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '{"title":1e400}',
  '{"title":9007199254740993}',
  '{"title":"\\ud800"}',
  '{"title":"\\u0000"}',
  '{"title":"\u0000"}',
  `${'['.repeat(100_000)}`,
  `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
  `{"title":"${'x'.repeat(200_000)}"}`,
  `[${'{},'.repeat(20_000)}{}]`,
  '\ufeff{}',
  "{'a':1}",
  '{"a":NaN}',
  '{"a":01}',
  '<xml/>',
];

const ajv = new Ajv2020({ strict: false, validateFormats: true });
(formats as unknown as (target: Ajv2020) => void)(ajv);
const checks = new Map<string, ValidateFunction>();

/** Requests of an operation: some right, most wrong in one place or several. The same seed gives the same. */
export function hostileRequests(
  operation: Operation,
  ids: readonly string[],
  count: number,
  seed: number,
): HostileRequest[] {
  const text = fc.oneof(
    fc.constantFrom(...TEXTS),
    fc.constantFrom(...ids),
    fc.string({ unit: 'binary', maxLength: 30 }),
  );
  const request = fc
    .record({
      path: fc.array(text, { minLength: 3, maxLength: 3 }),
      query: queryOf(operation, text),
      body: bodyOf(operation, text),
      headers: headersOf(text),
    })
    .map(({ path, query, body, headers }) => {
      const url = pathWith(operation, path);
      return {
        method: operation.method,
        url: query.text === '' ? url : `${url}?${query.text}`,
        headers,
        payload: body,
        isInvalid: query.isInvalid || isWrongBody(operation, body),
      };
    });
  return fc.sample(request, { numRuns: count, seed });
}

function pathWith({ path, scope }: Operation, values: readonly string[]): string {
  const left = [...values];
  return path.replace(/\{\w+\}/g, () => {
    const value = scope === 'platform' ? SPARE_TENANT : (left.shift() ?? 'x');
    return encodeURIComponent(value.isWellFormed() ? value : 'half') || '%20';
  });
}

interface HostileQuery {
  readonly text: string;
  readonly isInvalid: boolean;
}

function queryOf({ inQuery }: Operation, text: fc.Arbitrary<string>): fc.Arbitrary<HostileQuery> {
  const pairs = inQuery.map((parameter) =>
    fc.option(
      fc.oneof(
        text,
        arbitraryValue(parameter.schema, text).map((value) => String(value)),
      ),
      { nil: undefined, freq: 1 },
    ),
  );
  const rest = fc.constantFrom('', '', '', '&colour=red', '&limit=1&limit=2', '&a[b]=c', '&=&&%ff');
  return fc.tuple(rest, ...pairs).map(([extra, ...values]) => {
    const query = new URLSearchParams();
    let isInvalid = false;
    for (const [index, value] of values.entries()) {
      const parameter = inQuery[index];
      if (parameter === undefined || value === undefined) continue;
      query.set(parameter.name, value);
      isInvalid ||= isWrongParameter(parameter, value);
    }
    return { text: `${query}${extra}`, isInvalid };
  });
}

/** What no reading of the document can take; anything else may be right. */
function isWrongParameter({ schema }: Parameter, value: string): boolean {
  if (Array.isArray(schema['enum'])) return !schema['enum'].map(String).includes(value);
  if (schema['type'] !== 'integer') return false;
  return !/^\s*[-+.\dexa-fox]*\s*$/i.test(value) && !['null', 'true', 'false'].includes(value);
}

function bodyOf(
  { body, method, id }: Operation,
  text: fc.Arbitrary<string>,
): fc.Arbitrary<string | undefined> {
  if (method === 'GET') return fc.constant(undefined);
  const near = arbitraryValue(body ?? {}, text).chain((value) => spoilt(value, text));
  const named = id === 'createTenant' ? near.map(withSpareTenant) : near;
  return fc.oneof(
    { weight: 6, arbitrary: named.map((value) => JSON.stringify(value)) },
    { weight: 3, arbitrary: fc.constantFrom(...BODIES) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

function withSpareTenant(value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? { ...value, tenant_id: SPARE_TENANT } : value;
}

/** One member taken away, put in, or replaced by something of another kind; sometimes nothing. */
function spoilt(value: unknown, text: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fc.constant(value);
  const names = Object.keys(value);
  const junk = fc.oneof(
    text,
    fc.constantFrom<unknown>(null, -1, 1e308, 2 ** 53, true, [], {}, [[[]]], { a: { b: null } }),
  );
  const one = names.length === 0 ? text : fc.constantFrom(...names);
  return fc.oneof(
    fc.constant(value),
    one.map((name) => Object.fromEntries(Object.entries(value).filter(([key]) => key !== name))),
    fc.tuple(one, junk).map(([name, put]) => ({ ...value, [name]: put })),
    fc.tuple(text, junk).map(([name, put]) => ({ ...value, [name]: put })),
  );
}

function headersOf(text: fc.Arbitrary<string>): fc.Arbitrary<Record<string, string>> {
  const printable = text.map((value) => value.replace(/[^\x20-\x7e]/g, '').slice(0, 200));
  return fc.oneof(
    fc.constant({ 'if-match': '*' }),
    fc.constant({ 'if-match': '"1"', 'content-type': 'application/json' }),
    printable.map((value) => ({ 'if-match': value, 'idempotency-key': value })),
    printable.map((value) => ({ 'content-type': value, accept: value, 'x-request-id': value })),
    fc.constantFrom('gzip', 'br', 'identity', 'x', 'gzip, gzip').map((value) => ({
      'if-match': '*',
      'content-encoding': value,
    })),
    printable.map((value) => ({ traceparent: value, 'last-event-id': value, range: value })),
  );
}

function isWrongBody(operation: Operation, text: string | undefined): boolean {
  const { body, isRaw, id } = operation;
  if (body === undefined || isRaw || text === undefined) return false;
  let check = checks.get(id);
  if (check === undefined) {
    check = ajv.compile({ ...body, components: DOCUMENT.components } as Schema);
    checks.set(id, check);
  }
  try {
    // A byte order mark may be passed over (RFC 8259 section 8.1), and is.
    return !check(JSON.parse(text.replace(/^\ufeff/, '')));
  } catch {
    return true;
  }
}
