import { describe, expect, it } from 'vitest';
import type { JsonObject } from './binxml/record-renderer.ts';
import { flattenEvent } from './flatten-event.ts';
import { readEvtx } from './read-evtx.ts';
import { buildFile, ChunkBuilder, hex, text, type ValueSpec } from './testing/build-evtx.ts';
import { data, eventTemplate, SYSTEM_VALUES, sampleLog } from './testing/sample-log.ts';

/** Type, bytes, and what a reader must see ([MS-EVEN6] 2.2.12.3). */
const VALUES: readonly (readonly [what: string, ValueSpec, unknown])[] = [
  ['nothing', hex(0x00, ''), ''],
  ['text', text('Ünï\u{1f600}'), 'Ünï\u{1f600}'],
  ['text with NUL at its end', text('a\0'), 'a'],
  ['empty text', text(''), ''],
  ['ANSI text', hex(0x02, '636166e9'), 'café'],
  ['int8', hex(0x03, 'ff'), -1],
  ['uint8', hex(0x04, 'ff'), 255],
  ['int16', hex(0x05, 'feff'), -2],
  ['uint16', hex(0x06, '5012'), 4688],
  ['int32', hex(0x07, 'feffffff'), -2],
  ['uint32', hex(0x08, 'feffffff'), 4_294_967_294],
  ['int64', hex(0x09, 'feffffffffffffff'), -2],
  ['uint64 beyond 2^53', hex(0x0a, 'ffffffffffffffff'), '18446744073709551615'],
  ['real32', hex(0x0b, '0000c03f'), 1.5],
  ['real64', hex(0x0c, '000000000000f83f'), 1.5],
  ['not a number', hex(0x0c, '000000000000f8ff'), 'NaN'],
  ['bool', hex(0x0d, '01000000'), true],
  ['binary', hex(0x0e, '00deadbeef'), '00DEADBEEF'],
  ['GUID', hex(0x0f, '0102030405060708090a0b0c0d0e0f10'), '{04030201-0605-0807-090A-0B0C0D0E0F10}'],
  ['size of 4 bytes', hex(0x10, '00100000'), '0x1000'],
  ['size of 8 bytes', hex(0x10, '0010000000000000'), '0x1000'],
  ['file time', hex(0x11, '8748c7b2e17bdc01'), '2026-01-02T12:17:01.1534983Z'],
  ['file time 0', hex(0x11, '0000000000000000'), '1601-01-01T00:00:00.0000000Z'],
  ['file time past 9999', hex(0x11, 'ffffffffffffffff'), '18446744073709551615'],
  ['system time', hex(0x12, 'ea070100050002000300040005007b00'), '2026-01-02T03:04:05.123Z'],
  ['SID', hex(0x13, '010100000000000512000000'), 'S-1-5-18'],
  ['hexadecimal 32', hex(0x14, 'ff000000'), '0xff'],
  ['hexadecimal 64', hex(0x15, '0000000000002080'), '0x8020000000000000'],
  ['list of texts', { type: 0x81, bytes: Buffer.from('a\0\0b\0', 'utf16le') }, ['a', '', 'b']],
  ['list of numbers', hex(0x88, '0100000002000000'), [1, 2]],
  [
    'list of SIDs',
    hex(0x93, '010100000000000512000000010100000000000513000000'),
    ['S-1-5-18', 'S-1-5-19'],
  ],
  ['type nobody knows', hex(0x77, 'beef'), 'BEEF'],
];

function onlyRecord(builder: ChunkBuilder): JsonObject {
  const chunks = [...readEvtx(buildFile([builder.finish()]))];
  expect(chunks.flatMap(({ faults }) => faults)).toEqual([]);
  return chunks.flatMap(({ records }) => records).at(-1)?.event ?? {};
}

describe('a value', () => {
  it.each(VALUES)('of %s is what Windows prints', (_, value, expected) => {
    const template = eventTemplate({ name: 'EventData', children: [data('Value', 7)] });
    const values = [...SYSTEM_VALUES, value];
    const event = onlyRecord(new ChunkBuilder().record({ id: 1, template, values }));
    expect(flattenEvent(event)?.fields['Value']).toEqual(expected);
  });

  it('of which a part is cut off makes a fault, not a record', () => {
    const template = eventTemplate({ name: 'EventData', children: [data('Value', 7)] });
    const values = [...SYSTEM_VALUES, hex(0x08, 'ff')];
    const chunk = new ChunkBuilder().record({ id: 1, template, values }).finish();
    const [content] = [...readEvtx(buildFile([chunk]))];
    expect(content?.records).toEqual([]);
    expect(content?.faults.map(({ code }) => code)).toEqual(['record_out_of_bounds']);
  });
});

describe('an event', () => {
  it('has the nested shape and its flat names', () => {
    const [first] = [...readEvtx(sampleLog(1, 1))].flatMap(({ records }) => records);
    expect(first).toMatchObject({ recordId: 1, writtenAt: '2026-01-02T03:04:05.1234567Z' });
    expect(flattenEvent(first?.event ?? {})?.fields).toEqual({
      Provider_Name: 'Test-Provider',
      Provider_Guid: '{04030201-0605-0807-090A-0B0C0D0E0F10}',
      EventID: 4688,
      Keywords: '0x8020000000000000',
      TimeCreated_SystemTime: '2026-01-02T12:17:01.1534983Z',
      TimeCreated: '2026-01-02T12:17:01.1534983Z',
      EventRecordID: 42,
      Channel: 'Security',
      Computer: 'host.example',
      Security_UserID: 'S-1-5-21-1-2-3-500',
      CommandLine: 'command 0.0',
      User: 'alice',
    });
  });

  it('keeps what stands in UserData, and the log it is of although the data names another', () => {
    const inner = {
      name: 'LogFileCleared',
      attributes: { xmlns: 'urn:x' },
      children: [
        { name: 'SubjectUserName', children: [0] },
        { name: 'Channel', children: ['Application'] },
      ],
    };
    const builder = new ChunkBuilder();
    const start = builder.at;
    builder.u32(0x2a2a).u32(0).u64(7n).u64(0n).header();
    const template = eventTemplate({ name: 'UserData', children: [7] });
    builder.instance(template, [...SYSTEM_VALUES, { template: inner, values: [text('bob')] }]);
    const event = onlyRecord(builder.u8(0).endRecord(start));
    const flat = flattenEvent(event);
    expect(flat?.fields).toMatchObject({ SubjectUserName: 'bob', Channel: 'Application' });
    expect(flat?.routing).toMatchObject({ SubjectUserName: 'bob', Channel: 'Security' });
  });

  it('makes a list of names that come again, and of data without names', () => {
    const unnamed = (value: string) => ({ name: 'Data', children: [value] });
    const children = [unnamed('one'), data('Same', 'a'), unnamed('two'), data('Same', 'b')];
    const template = eventTemplate({ name: 'EventData', children });
    const event = onlyRecord(new ChunkBuilder().record({ id: 1, template, values: SYSTEM_VALUES }));
    const { fields } = flattenEvent(event) ?? {};
    expect(fields).toMatchObject({ Data: ['one', 'two'], Same: ['a', 'b'] });
  });

  it('may name a member __proto__ or constructor, and it is only a member', () => {
    const children = [data('__proto__', 'x'), data('constructor', 'y')];
    const template = eventTemplate({ name: 'EventData', children });
    const event = onlyRecord(new ChunkBuilder().record({ id: 1, template, values: SYSTEM_VALUES }));
    const fields = flattenEvent(event)?.fields ?? {};
    expect(Object.entries(fields)).toContainEqual(['__proto__', 'x']);
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype);
  });

  it('loses blanks in the names of its data', () => {
    const template = eventTemplate({ name: 'EventData', children: [data('Threat Name', 'x')] });
    const event = onlyRecord(new ChunkBuilder().record({ id: 1, template, values: SYSTEM_VALUES }));
    expect(flattenEvent(event)?.fields).toMatchObject({ ThreatName: 'x' });
  });

  it('is none without a System part', () => {
    for (const value of [{}, { Event: 1 }, { Event: [] }, { Event: { EventData: {} } }]) {
      expect(flattenEvent(value)).toBeUndefined();
    }
  });
});
