import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { Secret } from '@tocsin/kernel/secret.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Log, type LogLevel, openLog } from './log.ts';
import { printPretty } from './pretty.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come out
const MOVES_OR_HIDES = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of colours
const COLOUR = /\u001b\[\d+m/g;

function capture(level: LogLevel = 'info', pretty = false): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const write = (line: string) => {
    lines.push(line);
  };
  return {
    log: openLog({ service: 'data', level, clock: new ManualClock(), pretty, write }),
    lines,
  };
}

describe('a log line', () => {
  it('has the keys of B-010 and Resolution 26, null where unknown', () => {
    const { log, lines } = capture();
    log.info('frame stored', {
      tenant_id: 'acme-corp',
      action: 'frame.store',
      status: 'ok',
      events: 7,
    });
    expect(lines).toEqual([
      '{"level":"info","timestamp":"2026-01-01T00:00:00.000Z","service":"data","request_id":null,"trace_id":null,"tenant_id":"acme-corp","asset_key":null,"action":"frame.store","status":"ok","events":7,"message":"frame stored"}\n',
    ]);
  });

  it('carries the fields of its log, its own winning, each key once', () => {
    const { log, lines } = capture();
    log
      .child({ request_id: 'r1', action: 'a' })
      .child({ trace_id: 't1' })
      .warn('slow', { action: 'b' });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'warn',
      request_id: 'r1',
      trace_id: 't1',
      action: 'b',
    });
    expect(lines[0]?.match(/"action"/g)).toHaveLength(1);
  });

  it('is written from its level up', () => {
    const { log, lines } = capture('warn');
    log.debug('a');
    log.info('b');
    log.warn('c');
    log.error('d');
    expect(lines).toHaveLength(2);
  });

  it('tells an error with its cause and stack', () => {
    const { log, lines } = capture();
    const error = new Problem('unavailable', { cause: new TypeError('socket closed') });
    log.error('store failed', { error });
    expect(JSON.parse(lines[0] ?? '').error).toMatchObject({
      type: 'Problem',
      code: 'unavailable',
      stack: expect.stringContaining('log.test.ts'),
      cause: { type: 'TypeError', message: 'socket closed' },
    });
  });
});

describe('secrets', () => {
  const PLANTED = 'hunter2-hunter2-hunter2';
  const token = `eyJhbGciOiJFUzI1NiJ9.${Buffer.from(PLANTED).toString('base64url')}.c2lnbmF0dXJl`;

  it.each<[string, unknown]>([
    ['a Secret', new Secret(PLANTED)],
    ['a header', { headers: { Authorization: `Bearer ${PLANTED}` } }],
    ['a header in a list', [{ 'set-cookie': PLANTED }]],
    ['a password', { user: { password: PLANTED } }],
    ['a key in camel case', { apiKey: PLANTED }],
    ['a key in snake case', { client_secret: PLANTED }],
    ['a token by name', { access_token: PLANTED }],
    ['a bearer token inside text', `sent Bearer ${PLANTED} to it`],
    ['a JSON Web Token inside text', `got ${token}.`],
    ['a password inside a URL', `postgres://app:${PLANTED}@db:5432/tocsin`],
    ['an API key', `tcs_live_abc123_${PLANTED}_9f`],
    ['a private key', `-----BEGIN PRIVATE KEY-----\n${PLANTED}\n-----END PRIVATE KEY-----`],
    ['the message of an error', new Error(`connect to redis://:${PLANTED}@cache failed`)],
    ['a member of an error', Object.assign(new Error('x'), { config: { password: PLANTED } })],
    ['the cause of an error', new Error('x', { cause: { secret: PLANTED } })],
  ])('are not printed: %s', (_name, value) => {
    for (const pretty of [false, true]) {
      const { log, lines } = capture('info', pretty);
      log.info('a line', { value });
      log.child({ bound: value }).error(typeof value === 'string' ? value : 'b', { error: value });
      expect(lines).toHaveLength(2);
      expect(lines.join('')).not.toContain(PLANTED);
      expect(lines.join('')).not.toContain(Buffer.from(PLANTED).toString('base64url'));
      if (!pretty) expect(lines.join('')).toContain('[secret]');
    }
  });

  it('leave ordinary fields alone', () => {
    const { log, lines } = capture();
    const fields = {
      tokens: 3,
      keys: ['a'],
      secretary: 'b',
      url: 'https://example.org/a:b@c',
      author: 'd',
    };
    log.info('a line', fields);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject(fields);
  });
});

describe('hostile values', () => {
  const values = [
    'a\r\nlevel=error forged',
    '\u001b[2J\u001b[31mred',
    'abc\u202e\u2066txt.exe',
    '\u2028\u2029\u009b31m\u007f',
    'NUL\u0000',
    '\ud800',
    '{"level":"error"}',
  ];

  it.each(values)('stay inside one JSON line: %j', (value) => {
    const { log, lines } = capture();
    log.info(value, { [value]: value, nested: { [value]: [value] } });
    expect(lines).toHaveLength(1);
    const line = lines[0] ?? '';
    expect(line.trimEnd()).not.toMatch(MOVES_OR_HIDES);
    expect(JSON.parse(line).message).toBe(value);
  });

  it.each(values)('move nothing in a terminal: %j', (value) => {
    const line = JSON.stringify({ level: 'info', service: value, message: value, [value]: value });
    const shown = printPretty(line, false);
    expect(shown.trimEnd()).not.toMatch(MOVES_OR_HIDES);
  });

  it('of any kind make one parseable line', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.anything({
          withBigInt: true,
          withDate: true,
          withTypedArray: true,
          withNullPrototype: true,
        }),
        (message, value) => {
          const { log, lines } = capture();
          log.info(message, { value });
          expect(lines).toHaveLength(1);
          expect(lines[0]?.indexOf('\n')).toBe((lines[0]?.length ?? 0) - 1);
          expect(JSON.parse(lines[0] ?? '').level).toBe('info');
        },
      ),
    );
  });

  it('that go round in a circle, deep or long are cut', () => {
    const { log, lines } = capture();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    log.info('a line', {
      circle,
      long: 'x'.repeat(1_000_000),
      many: Array.from({ length: 10_000 }, () => 1),
    });
    expect(lines[0]?.length).toBeLessThan(20_000);
  });
});

describe('the pretty form', () => {
  it('is one short line', () => {
    const { log, lines } = capture('info', true);
    log.info('case opened', { action: 'case.open', status: 'ok', title: 'two words' });
    expect(lines[0]?.replace(COLOUR, '')).toBe(
      '00:00:00.000 INFO  data     case opened action=case.open status=ok title="two words"\n',
    );
  });

  it('passes on what is no JSON', () => {
    expect(printPretty('LOG:  database system is ready\n')).toBe(
      'LOG:  database system is ready\n',
    );
  });
});
