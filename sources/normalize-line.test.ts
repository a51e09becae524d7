import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samples as apacheSamples } from './apache/samples.ts';
import { samples as cloudtrailSamples } from './aws-cloudtrail/samples.ts';
import { samples as cefSamples } from './cef/samples.ts';
import { samples as cowrieSamples } from './cowrie/samples.ts';
import { samples as genericSamples } from './generic-json/samples.ts';
import { samples as linuxSamples } from './linux-auth/samples.ts';
import { LINE_LENGTH_MAX, normalizeLine } from './normalize-line.ts';
import { samples as suricataSamples } from './suricata/samples.ts';
import { samples as syslogSamples } from './syslog/samples.ts';
import { expectSound } from './testing/expect-sound.ts';
import { samples as windowsSamples } from './windows/samples.ts';
import { samples as zeekSamples } from './zeek/samples.ts';

const RECEIVED_AT = Date.UTC(2026, 2, 2);
const LINES = [
  apacheSamples,
  cefSamples,
  cloudtrailSamples,
  cowrieSamples,
  genericSamples,
  linuxSamples,
  suricataSamples,
  syslogSamples,
  windowsSamples,
  zeekSamples,
]
  .flat()
  .map((sample) => sample.line);

function normalize(line: string, hint = '') {
  return normalizeLine(line, hint, '', RECEIVED_AT);
}

describe('a line that cannot be parsed', () => {
  const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

  it.each([
    ['an empty line', '', 'empty_line'],
    ['blanks', ' \t ', 'empty_line'],
    ['truncated JSON', '{"a":1,"b"', 'malformed_json'],
    ['JSON with a NUL', '{"a":"x\0"}', 'malformed_json'],
    ['JSON that nests 65 levels', nested(65), 'json_too_deep'],
    ['JSON that nests 100,000 levels', nested(100_000), 'json_too_deep'],
    ['JSON with 65 levels of arrays', `{"a":${'['.repeat(64)}${']'.repeat(64)}}`, 'json_too_deep'],
    ['a line over the limit', 'x'.repeat(LINE_LENGTH_MAX + 1), 'line_too_long'],
  ])('is kept as text and marked failed: %s', (_, line, reason) => {
    const event = normalize(line);
    expect(event).toMatchObject({ parseStatus: 'failed', parseError: reason });
    expect(event.timestamp).toBe(RECEIVED_AT);
    expectSound(event);
  });

  it('is kept whole when it is too long for the message', () => {
    const line = `{"broken":"${'y'.repeat(20_000)}`;
    const event = normalize(line);
    expect(event.message.length).toBeLessThan(line.length);
    expect(event.attributes.line).toBe(line);
  });

  it('is kept whole behind a syslog header too', () => {
    const payload = `z ${'y'.repeat(20_000)}`;
    expect(normalize(`<13>Mar  2 08:15:30 h app: ${payload}`).attributes.line).toBe(payload);
  });
});

describe('a line that can be parsed', () => {
  it('may nest 64 levels', () => {
    const line = `${'{"a":'.repeat(64)}1${'}'.repeat(64)}`;
    expect(normalize(line).parseStatus).toBe('ok');
  });

  it('may start with a byte order mark and end with a carriage return', () => {
    expect(normalize('\ufeff{"msg":"hello"}\r')).toMatchObject({
      message: 'hello',
      attributesJson: '{"msg":"hello"}',
    });
  });

  it('may be plain text: partial, with a time at its start taken', () => {
    const event = normalize('[2026-03-01 10:11:12,345] INFO rolled segment (hollow.Log)');
    expect(event).toMatchObject({
      sourceIntegration: 'text',
      parseStatus: 'partial',
      parseError: 'unclaimed',
      timestamp: Date.UTC(2026, 2, 1, 10, 11, 12, 345),
    });
  });

  it('may be of one megabyte', () => {
    const line = `{"msg":"${'m'.repeat(LINE_LENGTH_MAX - 10)}"}`;
    const event = normalize(line);
    expect(event.parseStatus).toBe('ok');
    expectSound(event);
  });
});

describe('a hint', () => {
  const zeekLine = '{"_path":"dns","ts":1772439330,"query":"a.example"}';

  it.each([
    'windows',
    'linux_auth',
    'syslog',
    'nonsense',
    'ZEEK',
    '__proto__',
    'x'.repeat(5000),
  ])('that is wrong does not mislead: %.20s', (hint) => {
    expect(normalize(zeekLine, hint).sourceIntegration).toBe('zeek');
  });

  it('of a JSON source leaves broken JSON failed', () => {
    expect(normalize('{"_path":', 'zeek')).toMatchObject({
      sourceIntegration: 'text',
      parseStatus: 'failed',
    });
  });
});

describe('members for columns', () => {
  it('hold neither NUL nor half a surrogate pair, and are bounded', () => {
    const line = `{"user":"a\\u0000b\\ud800","host":"${'h'.repeat(5000)}","message":"\\udc00 \\u0000"}`;
    const event = normalize(line);
    expect(event.actorId).toBe('a\ufffdb\ufffd');
    expect(event.sourceHost).toHaveLength(1024);
    expect(event.message).toBe('\ufffd \ufffd');
  });

  it('keep a whole surrogate pair', () => {
    expect(normalize('{"user":"mira \\ud83d\\ude00"}').actorId).toBe('mira \u{1f600}');
  });
});

describe('any text at all', () => {
  const mutations = fc.tuple(
    fc.constantFrom(...LINES),
    fc.nat(),
    fc.nat(),
    fc.constantFrom(0, 1, 2, 3),
  );

  /** A good line cut, with a flipped bit, with a part doubled, or with a hostile character. */
  function mutate([line, at, by, kind]: [string, number, number, number]): string {
    const place = at % line.length;
    if (kind === 0) return line.slice(0, place);
    if (kind === 1) return line.slice(place) + line.slice(0, place);
    const flipped = line.charCodeAt(place) ^ (1 << (by % 16));
    const hostile = ['\0', '\ud800', '"', '{', '\ufeff', '\\', ']', '<'][by % 8] ?? '';
    const put = kind === 2 ? String.fromCharCode(flipped) : hostile;
    return line.slice(0, place) + put + line.slice(place + 1);
  }

  it('gives a sound event: good lines broken in one place', () => {
    fc.assert(
      fc.property(
        mutations,
        fc.constantFrom('', 'windows', 'zeek', 'linux_auth'),
        (input, hint) => {
          expectSound(normalize(mutate(input), hint));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('gives a sound event: JSON of any members under names that sources read', () => {
    const names = fc.constantFrom(
      ...['EventID', 'Channel', 'winlog', 'event_data', '_path', 'ts', 'id.orig_h', 'message'],
      ...['__proto__', 'user', 'host', 'ecs', 'event', 'log_type', 'fields', 'level', 'status'],
      ...['@timestamp', 'severity', 'actor', 'Message', 'Keywords', 'IpAddress', 'uid', 'fuid'],
    );
    const records = fc.dictionary(names, fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(records, (record) => expectSound(normalize(JSON.stringify(record)))),
      { numRuns: 3000 },
    );
  });

  it('gives a sound event: random text behind a syslog header', () => {
    const start = fc.constantFrom(
      '',
      '<13>',
      '<34>1 ',
      'Mar  2 08:15:30 h ',
      '<86>Mar  2 08:15:30 ',
    );
    const tag = fc.constantFrom('', 'sshd[1]: ', 'sudo: ', 'su: ', 'useradd: ', 'CRON[2]: ');
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string());
    fc.assert(
      fc.property(start, tag, text, (a, b, c) => expectSound(normalize(a + b + c))),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['blanks', ' '],
    ['brackets', '['],
    ['structured data', '[a '],
    ['colons', 'a:'],
    ['quotes', '"'],
    ['digits', '1'],
    ['separators of sudo', ' ; TTY='],
    ['from', ' from '],
    ['escapes', '\\'],
  ])('takes time linear in a hostile line of one megabyte: %s', (_, unit) => {
    const fill = unit.repeat(Math.floor(LINE_LENGTH_MAX / unit.length) - 100);
    const starts = [
      '',
      '<34>1 - - - - - ',
      '<13>Mar  2 08:15:30 h sudo: a : ',
      'Mar  2 08:15:30 h ',
    ];
    const before = process.cpuUsage();
    for (const start of [
      ...starts,
      'Mar  2 08:15:30 h sshd[1]: Failed ',
      '{"a":"',
      '{"winlog":{"event_data":{',
    ]) {
      expectSound(normalize(start + fill));
    }
    // Seven lines of a megabyte: quadratic work would take minutes.
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
  });
});
