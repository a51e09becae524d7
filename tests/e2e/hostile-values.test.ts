import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, Product } from './harness.ts';

const TENANT = 'acme-corp';
const NUL = '\u0000';
const DEEP = 100_000;

/** Raw lines that hurt parsers, stores and printers. All are taken: a raw line is whatever a device sent. */
const LINES: readonly (readonly [name: string, line: string])[] = [
  ['__proto__', '{"mark":"m0","__proto__":{"polluted":true}}'],
  ['__proto__ deep inside', '{"mark":"m1","a":{"b":[{"__proto__":{"polluted":true}}]}}'],
  ['constructor.prototype', '{"mark":"m2","constructor":{"prototype":{"polluted":true}}}'],
  ['names of every object', '{"mark":"m3","toString":"x","hasOwnProperty":1,"valueOf":null}'],
  ['NUL', `{"mark":"m4","a":"x\\u0000y"} ${NUL} end`],
  ['NUL in a well-formed object', '{"mark":"m5","a":"x\\u0000y"}'],
  ['half a surrogate pair', '{"mark":"m6","a":"\\ud800","b":"\\udc00x"}'],
  ['an integer past 2^53', '{"mark":"m7","n":9007199254740993,"m":-12345678901234567890}'],
  ['numbers past a double', '{"mark":"m8","n":1e999,"m":1e-999,"z":-0}'],
  ['arrays 100,000 deep', `{"mark":"m9","a":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`],
  ['objects 40,000 deep', `{"mark":"m10","a":${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}}`],
  [
    '5,000 members',
    `{"mark":"m11",${Array.from({ length: 5_000 }, (_, i) => `"k${i}":${i}`).join()}}`,
  ],
  ['the same name twice', '{"mark":"m12","a":1,"a":2,"mark":"m12"}'],
  ['a name of 10,000 characters', `{"mark":"m13","${'k'.repeat(10_000)}":1}`],
  ['direction marks and escapes', '{"mark":"m14","a":"\\u202eevil\\u001b[31m\\u2066"}'],
  ['bytes that are no UTF-8', '{"mark":"m15","a":"\xff\xfe"}'],
  ['a formula', '{"mark":"m16","a":"=HYPERLINK(\\"http://x\\")","b":"@SUM(1)"}'],
  ['a script', '{"mark":"m17","a":"<script>alert(1)</script>","b":"\'; DROP TABLE alerts; --"}'],
];

describe('hostile values on the whole way to storage and search', { shuffle: false }, () => {
  let product: Product;
  let analyst: Caller;
  let started: unknown;

  beforeAll(async () => {
    product = await Product.start();
    await product.createTenant(TENANT);
    analyst = await product.as(TENANT);
    started = (await product.parts()).map(({ pid }) => pid);
  });
  afterAll(() => product?.discard());

  it.each(LINES)('a raw line with %s is kept and found', async (_name, line) => {
    const bytes = Buffer.from(`${line}\n`, 'latin1');
    const answer = await analyst.ask('POST', '/v1/ingest/raw', { bytes });
    expect(answer.status, answer.text.slice(0, 300)).toBe(202);
    const state = await analyst.settled(answer.body.receipt);
    expect(state).toMatchObject({ accepted: 1, dead_lettered: 0 });
    expect(state.stored + state.duplicate).toBe(1);
  });

  it('all are listed, one by one and together, as well-formed JSON', async () => {
    const events = await analyst.all('/v1/events/search');
    expect(events).toHaveLength(LINES.length);
    for (const event of events) {
      const one = await analyst.get(`/v1/events/${event.event_id}`);
      expect(one.status, one.text.slice(0, 300)).toBe(200);
      expect(one.body).toBeDefined();
    }
  });

  it('an integer past 2^53 is not changed', async () => {
    const text = JSON.stringify(
      (await analyst.all('/v1/events/search')).map((event) => event.attributes),
    );
    expect(text).toContain('9007199254740993');
    expect(text).not.toContain('9007199254740992');
  });

  it('all are in an export, as a search gives them, though it is on record', async () => {
    const found = await analyst.all('/v1/events/search');
    const { status, text } = await analyst.get('/v1/events/export');
    expect(status).toBe(200);
    const lines = text.trimEnd().split('\n');
    expect(lines.pop()).toBe(`{"export_end":{"events":${LINES.length},"complete":true}}`);
    expect(lines.map((line) => JSON.parse(line))).toEqual(found);
    expect(text).toContain('9007199254740993');
    const admin = await product.as(TENANT, 'tenant_admin');
    expect(await admin.all('/v1/audit?action=events.export')).toHaveLength(1);
  });

  it('what a person writes is the same to the letter in the case and in the export of the audit log', async () => {
    const title = 'x\u202e\u2066 \u001b[31m \u{1f600} "quoted" \\ </script> =1+1 __proto__';
    const metadata = {
      constructor: title,
      toString: 1,
      'a.b': [{ '': title }],
      big: '9007199254740993',
    };
    const made = await analyst.post('/v1/cases', { title, description: title, metadata });
    expect(made.status, made.text).toBe(201);
    expect((await analyst.get(`/v1/cases/${made.body.id}`)).body).toMatchObject({
      title,
      metadata,
    });
    const admin = await product.as(TENANT, 'tenant_admin');
    const exported = await admin.get('/v1/audit/export');
    expect(exported.headers.get('content-type')).toContain('application/x-ndjson');
    const lines = exported.text.trim().split('\n');
    const told = lines
      .filter((line) => line.includes(made.body.id))
      .map((line) => JSON.stringify(JSON.parse(line)));
    expect(told.length).toBeGreaterThan(0);
    expect(told.join()).toContain(JSON.stringify(title).slice(1, -1));
    expect(told.join()).toContain('"big":"9007199254740993"');
  });

  it.each([
    ['a name of every object', 'category:auth and __proto__:x'],
    ['constructor', 'constructor:x'],
    ['a path through __proto__', 'attributes.__proto__.polluted:true'],
    ['toString', 'attributes.toString:x'],
    ['SQL', 'attributes.a:"\'; DROP TABLE alerts; --"'],
    ['half a surrogate pair, escaped', 'message:"\\ud800"'],
    ['5,000 parentheses', `${'('.repeat(5_000)}a${')'.repeat(5_000)}`],
    ['5,000 negations', `${'not '.repeat(5_000)}a`],
    ['3,000 wildcards', `message:${'*'.repeat(3_000)}`],
    ['100,000 parentheses', `${'('.repeat(100_000)}a`],
    ['a number past 2^53', 'severity > 9007199254740993'],
    ['NUL', NUL],
    ['a direction mark', '\u202e'],
  ])('a query with %s is answered or refused, never a fault', async (_name, q) => {
    const answer = await analyst.post('/v1/events/search', { q });
    expect([200, 400], answer.text.slice(0, 300)).toContain(answer.status);
    if (answer.status === 400)
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('runs in the same processes afterwards, and none of its objects is polluted', async () => {
    expect((await product.parts()).map(({ pid }) => pid)).toEqual(started);
    const ready = await product.ask('GET', '/ready');
    expect(ready.status).toBe(200);
    expect(ready.text).not.toContain('polluted');
    const faults = product.log.filter((line) => line.includes('"level":"error"'));
    expect(faults).toEqual([]);
  });
});
