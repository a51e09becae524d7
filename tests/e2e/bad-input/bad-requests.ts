import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';

const EVENTS = '/v1/ingest/events';
const EVENT = { category: 'auth', actor: { id: 'canary' } };
/** A member that pollutes prototypes where nobody looks. */
export const PROTO = '"__proto__":{"polluted":true}';
const NUL = String.fromCharCode(0);

/** A body that must be refused: name, text, status, and the member at fault where there is one. */
export const BAD_EVENTS: [name: string, text: string, status: number, pointer?: string][] = [
  ['an empty body', '', 400],
  ['blanks', ' \n ', 400],
  ['truncated JSON', '{"category":"auth"', 400],
  ['a truncated string', '{"category":"au', 400],
  ['a truncated array', '[{"category":"auth"},{"category":', 400],
  ['a comma too many', '{"category":"auth",}', 400],
  ['single quotes', "{'category':'auth'}", 400],
  ['a bare word', 'auth', 400],
  ['null', 'null', 400],
  ['a number', '17', 400],
  ['a string', '"auth"', 400],
  ['an empty object', '{}', 400, '/category'],
  ['an empty array', '[]', 400],
  ['an unknown category', '{"category":"party"}', 400, '/category'],
  ['a category that is a number', '{"category":5}', 400, '/category'],
  ['a severity that is text', '{"category":"auth","severity":"5"}', 400, '/severity'],
  ['a severity over 10', '{"category":"auth","severity":11}', 400, '/severity'],
  ['a severity below 0', '{"category":"auth","severity":-1}', 400, '/severity'],
  ['a broken severity', '{"category":"auth","severity":5.5}', 400, '/severity'],
  ['an actor that is text', '{"category":"auth","actor":"bob"}', 400, '/actor'],
  ['an actor id that is a number', '{"category":"auth","actor":{"id":7}}', 400, '/actor/id'],
  ['attributes that are a list', '{"category":"auth","attributes":[]}', 400, '/attributes'],
  ['tags that are text', '{"category":"auth","tags":"a"}', 400, '/tags'],
  ['a time that is none', '{"category":"auth","timestamp":"soon"}', 400, '/timestamp'],
  ['an event id that is no UUID', '{"category":"auth","event_id":"1"}', 400, '/event_id'],
  ['an unknown member', '{"category":"auth","colour":"red"}', 400, '/colour'],
  ['an unknown member of the actor', '{"category":"auth","actor":{"x":1}}', 400, '/actor/x'],
  ['a raw_ref of its own', '{"category":"auth","raw_ref":"a"}', 400, '/raw_ref'],
  ['another tenant', `{"category":"auth","tenant_id":"globex"}`, 403, '/tenant_id'],
  ['__proto__ at the top', `{"category":"auth",${PROTO}}`, 400, '/__proto__'],
  ['__proto__ in an actor', `{"category":"auth","actor":{${PROTO}}}`, 400, '/actor/__proto__'],
  [
    '__proto__ deep in attributes',
    `{"category":"auth","attributes":{"a":[{"b":{${PROTO}}}]}}`,
    400,
    '/attributes/a/0/b/__proto__',
  ],
  [
    '__proto__ written with escapes',
    '{"category":"auth","attributes":{"\\u005f_proto_\\u005f":{"polluted":true}}}',
    400,
    '/attributes/__proto__',
  ],
  [
    'constructor with a prototype',
    '{"category":"auth","attributes":{"constructor":{"prototype":{"polluted":true}}}}',
    400,
    '/attributes/constructor',
  ],
  ['NUL in a value', '{"category":"auth","attributes":{"a":"x\\u0000y"}}', 400, '/attributes/a'],
  ['NUL in a name', '{"category":"auth","attributes":{"a\\u0000":1}}', 400],
  ['a NUL byte', `{"category":"auth","attributes":{"a":"${NUL}"}}`, 400],
  [
    'half a surrogate pair',
    '{"category":"auth","attributes":{"a":"\\ud800"}}',
    400,
    '/attributes/a',
  ],
  ['a number past a double', '{"category":"auth","attributes":{"a":1e999}}', 400, '/attributes/a'],
  ['objects 100 deep', nested(100, '{"a":', '1', '}'), 400],
  ['arrays 100 deep', nested(100, '[', '1', ']'), 400],
  ['arrays 100,000 deep', nested(100_000, '[', '', ']'), 400],
  ['an event of 1 MB', JSON.stringify({ ...EVENT, attributes: { a: 'x'.repeat(1e6) } }), 413],
  ['an array of numbers', '[1,2,3]', 400],
  ['lines of which none is an event', '{"a":1}\n{"b":2}\n', 400],
];

/** A body in an encoding that must be refused: name, encoding, bytes, status. */
export const ENCODED: readonly (readonly [string, string, Uint8Array, number])[] = [
  ['a gzip bomb', 'gzip', gzipSync(zeros(200)), 413],
  ['a zstd bomb', 'zstd', zstdCompressSync(zeros(200)), 413],
  ['a brotli bomb', 'br', brotliCompressSync(zeros(200)), 413],
  [
    'a zstd bomb of many frames',
    'zstd',
    Buffer.concat(Array(25).fill(zstdCompressSync(zeros(8)))),
    413,
  ],
  ['gzip that is cut off', 'gzip', gzipSync(JSON.stringify(EVENT)).subarray(0, 20), 400],
  ['plain text said to be gzip', 'gzip', Buffer.from(JSON.stringify(EVENT)), 400],
  ['plain text said to be zstd', 'zstd', Buffer.from(JSON.stringify(EVENT)), 400],
  ['an encoding nobody knows', 'lzma', Buffer.from(JSON.stringify(EVENT)), 415],
  ['an encoding named like a member of every object', 'constructor', Buffer.from('{}'), 415],
  ['two encodings', 'gzip, gzip', gzipSync(gzipSync(JSON.stringify(EVENT))), 415],
];

/** What no tenant is called. */
export const BAD_TENANT_IDS = [
  'acme.corp',
  'acme*',
  'acme>',
  'acme/corp',
  '..',
  '../globex',
  'acme corp',
  'ACME',
  'a',
  '-acme',
  'x'.repeat(64),
];

/** Methods that a path has not, and one that it has. */
export const WRONG_METHODS: readonly (readonly [string, string, string])[] = [
  ['GET', EVENTS, 'POST'],
  ['PUT', EVENTS, 'POST'],
  ['DELETE', '/v1/cases', 'GET'],
  ['POST', '/v1/alerts', 'GET'],
  ['PATCH', '/v1/tenants', 'GET'],
  ['POST', '/ready', 'GET'],
];

function nested(depth: number, open: string, inner: string, close: string): string {
  const value = open.repeat(depth) + inner + close.repeat(depth);
  return `{"category":"auth","attributes":{"deep":${value}}}`;
}

function zeros(megabytes: number): Buffer {
  return Buffer.alloc(megabytes * 1024 * 1024);
}
