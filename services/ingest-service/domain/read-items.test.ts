import { Problem } from '@tocsin/kernel/problem.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_BYTES_MAX, ITEMS_MAX } from './limits.ts';
import { type ReadItems, readEvents } from './read-events.ts';
import { readLines } from './read-lines.ts';

const acme = parseTenantId('acme-corp');
const events = (body: string | Buffer) => readEvents(acme, Buffer.from(body));
const itemsOf = (read: ReadItems) => read.runs.flatMap(({ bytes }) => bytes.toString().split('\n'));
const GOOD = '{"category":"auth"}';
const PLAN_CALL =
  '{"category":"auth","actor":{"id":"user123"},"attributes":{"failed_login_count":1}}';
const README_CALL =
  '{"category":"auth","severity":5,"outcome":"failure","actor":{"id":"u1","name":"U"},"attributes":{"failed_login_count":10,"source_ip":"10.0.0.1"}}';

describe('a body of events', () => {
  it.each([
    ['A-040, with nothing but a category, an actor and attributes', PLAN_CALL],
    ['A-041', README_CALL],
  ])('may be the call of %s', (_id, body) => {
    expect(events(body)).toMatchObject({ single: true, count: 1, refusals: [] });
    expect(itemsOf(events(body))).toEqual([body]);
  });

  it.each([
    ['one object', GOOD, [GOOD], true],
    ['one object with blanks, a mark and a line end', `\ufeff \r\n${GOOD} \n\n`, [GOOD], true],
    [
      'one object over several lines',
      '{\n  "category":\r\n "auth"\n}\n',
      ['{   "category":   "auth" }'],
      true,
    ],
    ['an array', `[${GOOD},${PLAN_CALL}]`, [GOOD, PLAN_CALL], false],
    ['an array of one', `[${GOOD}]`, [GOOD], false],
    ['NDJSON', `${GOOD}\n${PLAN_CALL}\n`, [GOOD, PLAN_CALL], false],
    [
      'NDJSON with CR LF, blank lines and no end',
      `${GOOD}\r\n\r\n  \n${PLAN_CALL}`,
      [GOOD, PLAN_CALL],
      false,
    ],
  ])('may be %s', (_what, body, items, single) => {
    const read = events(body);
    expect(read).toMatchObject({ single, count: items.length, refusals: [] });
    expect(itemsOf(read)).toEqual(items);
  });

  it('keeps each event of a pretty-printed array, on one line, and its numbers as written', () => {
    const body = `[\n  {\n    "category": "auth",\n    "attributes": {"n": 12345678901234567890, "s": "a\\nb"}\n  },\n  ${GOOD}\n]`;
    const items = itemsOf(events(body));
    expect(items).toHaveLength(2);
    expect(items[0]).toContain('12345678901234567890');
    expect(JSON.parse(items[0] ?? '')).toMatchObject({ attributes: { s: 'a\nb' } });
  });

  it('tells the id that a client gave its single event', () => {
    const id = '019C9B2E-7a10-7d44-8a0f-53f1b1c0a001';
    expect(events(`{"category":"auth","event_id":"${id}"}`).eventId).toBe(id);
    expect(events(GOOD).eventId).toBe('');
  });

  it.each([
    ['nothing', '', 'invalid_request'],
    ['blanks', ' \n\t', 'invalid_request'],
    ['an empty array', '[]', 'invalid_request'],
    ['a truncated object', '{"category":"auth"', 'malformed_json'],
    ['a truncated array', `[${GOOD},{"cat`, 'malformed_json'],
    ['an array with something behind it', `[${GOOD}] x`, 'malformed_json'],
    ['a text', '"auth"', 'invalid_request'],
    ['a number', '1', 'invalid_request'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'malformed_json'],
    ['an object without a category', '{}', 'invalid_request'],
    ['another category', '{"category":"other"}', 'invalid_request'],
    ['an unknown member', '{"category":"auth","sevrity":1}', 'invalid_request'],
    ['a member of ours', '{"category":"auth","raw_ref":"x"}', 'invalid_request'],
    ['a wrong type', '{"category":"auth","severity":"5"}', 'invalid_request'],
    ['a severity over 10', '{"category":"auth","severity":11}', 'invalid_request'],
    ['an id that is none', '{"category":"auth","event_id":"x"}', 'invalid_request'],
    ['a time that is none', '{"category":"auth","timestamp":"yesterday"}', 'invalid_request'],
    ['another tenant', '{"category":"auth","tenant_id":"globex"}', 'tenant_mismatch'],
    ['__proto__', '{"category":"auth","attributes":{"a":{"__proto__":{}}}}', 'invalid_request'],
    ['NUL', '{"category":"auth","action":"a\\u0000"}', 'invalid_request'],
    ['half a surrogate pair', '{"category":"auth","action":"\\ud800"}', 'invalid_request'],
    [
      'nesting over 64 levels',
      `{"category":"auth","attributes":{"a":${'['.repeat(64)}${']'.repeat(64)}}}`,
      'invalid_request',
    ],
    ['a number past a double', '{"category":"auth","attributes":{"a":1e999}}', 'invalid_request'],
    [
      'more bytes than one event may have',
      `{"category":"auth","action":"${'x'.repeat(EVENT_BYTES_MAX)}"}`,
      'body_too_large',
    ],
  ])('is refused when it is %s', (_what, body, code) => {
    expect(() => events(body)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ['{}', '/category'],
    ['{"category":"auth","sevrity":1}', '/sevrity'],
    ['{"category":"auth","actor":{"id":1}}', '/actor/id'],
    ['{"category":"auth","a/b~":1}', '/a~1b~0'],
    ['{"category":"auth","attributes":{"a":[{"__proto__":1}]}}', '/attributes/a/0/__proto__'],
  ])('names the member at fault of %s', (body, pointer) => {
    try {
      events(body);
      expect.unreachable();
    } catch (error) {
      expect((error as Problem).errors[0]?.pointer).toBe(pointer);
    }
  });

  it.each([
    'array',
    'NDJSON',
  ])('as %s keeps the good items and names each bad one by its place', (form) => {
    const items = [
      GOOD,
      '{"category":"x"}',
      PLAN_CALL,
      '[]',
      '{"category":"auth","tenant_id":"globex"}',
      README_CALL,
    ];
    const body = form === 'array' ? `[${items.join(' , ')}]` : items.join('\n');
    const read = events(body);
    expect(itemsOf(read).map((text) => text.trim())).toEqual([GOOD, PLAN_CALL, README_CALL]);
    expect(read.count).toBe(3);
    expect(read.refusals.map(({ index, problem }) => [index, problem.code])).toEqual([
      [1, 'invalid_request'],
      [3, 'invalid_request'],
      [4, 'tenant_mismatch'],
    ]);
  });

  it('refuses a broken line of NDJSON by itself, unless it is the first', () => {
    const read = events(`${GOOD}\n{"category":\n${GOOD}`);
    expect(read.count).toBe(2);
    expect(read.refusals.map(({ index, problem }) => [index, problem.code])).toEqual([
      [1, 'malformed_json'],
    ]);
  });

  it('takes its own tenant, the largest event and the most items, and nothing past them', () => {
    expect(events('{"category":"auth","tenant_id":"acme-corp"}').count).toBe(1);
    const padded = (bytes: number) => {
      const head = '{"category":"auth","attributes":{"a":"';
      return `${head}${'x'.repeat(bytes - head.length - 3)}"}}`;
    };
    expect(events(padded(EVENT_BYTES_MAX)).count).toBe(1);
    const mixed = events(`${padded(EVENT_BYTES_MAX)}\n${padded(EVENT_BYTES_MAX + 1)}`);
    expect([mixed.count, mixed.refusals.length]).toEqual([1, 1]);
    const many = (count: number) => events(`${GOOD}\n`.repeat(count));
    expect(many(ITEMS_MAX).count).toBe(ITEMS_MAX);
    expect(() => many(ITEMS_MAX + 1)).toThrow(expect.objectContaining({ code: 'body_too_large' }));
  });

  it('is answered by items or a problem, whatever the bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((list) => Buffer.from(list)),
      fc
        .string({
          unit: fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\n', ' ', '1', '\\', 'a', GOOD),
        })
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        try {
          const read = readEvents(acme, body);
          expect(itemsOf(read).length).toBe(read.count);
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a body of lines', () => {
  it('gives each line as it came, parsed by nobody (A-045)', () => {
    const body = '<34>Oct 11 su: x\r\n{not json\n\n  two  \n\tthree\t';
    const read = readLines(Buffer.from(body));
    expect(itemsOf(read)).toEqual(['<34>Oct 11 su: x', '{not json', '  two  ', '\tthree\t']);
    expect(read).toMatchObject({ single: false, count: 4, refusals: [] });
  });

  it('keeps bytes that are no UTF-8', () => {
    const body = Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x41]);
    expect(readLines(body).runs).toEqual([{ bytes: body, count: 2 }]);
  });

  it('takes a byte order mark for no text', () => {
    expect(itemsOf(readLines(Buffer.from('\ufeffone\ntwo')))).toEqual(['one', 'two']);
  });

  it.each(['', '\n\n', ' \r\n\t'])('is refused when it is %j', (body) => {
    expect(() => readLines(Buffer.from(body))).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });

  it('refuses only the lines past the limit, and more lines than a request may have', () => {
    const read = readLines(
      Buffer.from(`a\n${'x'.repeat(EVENT_BYTES_MAX)}\n${'x'.repeat(EVENT_BYTES_MAX + 1)}\nb`),
    );
    expect([read.count, read.refusals.map(({ index }) => index)]).toEqual([3, [2]]);
    expect(readLines(Buffer.from('a\n'.repeat(ITEMS_MAX))).count).toBe(ITEMS_MAX);
    expect(() => readLines(Buffer.from('a\n'.repeat(ITEMS_MAX + 1)))).toThrow(
      expect.objectContaining({ code: 'body_too_large' }),
    );
  });

  it('loses and adds no line, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', ' ', '\t', '\r', 'é') })),
        (lines) => {
          const wanted = lines
            .map((text) => text.replace(/\r+$/, ''))
            .filter((text) => /[^ \t]/.test(text));
          if (wanted.length > 0)
            expect(itemsOf(readLines(Buffer.from(lines.join('\n'))))).toEqual(wanted);
        },
      ),
    );
  });
});
