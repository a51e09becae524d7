import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flattenWinlogbeat } from './winlogbeat.ts';

const names = fc.constantFrom(
  ...['Image', 'User', 'event_data', 'EventID', 'host', 'a"b', 'é', '__proto__', 'Level', 'x'],
);
const data = fc.dictionary(names, fc.oneof(fc.string(), fc.integer(), fc.jsonValue()));
const members = { event_data: data, event_id: fc.integer(), channel: fc.string() };
const records = fc.oneof(
  fc.record({ winlog: fc.record(members, { requiredKeys: [] }), message: fc.string() }),
  fc.record({ ...members, log_name: fc.string(), level: fc.string() }, { requiredKeys: [] }),
  fc.record({ host: data, winlog: fc.record(members) }),
);

describe('laying winlogbeat flat', () => {
  it('gives a text that says what the fields say, for any record and either way of printing it', () => {
    fc.assert(
      fc.property(records, fc.constantFrom(0, 2), (record, indent) => {
        const line = JSON.stringify(record, null, indent);
        const flat = flattenWinlogbeat(JSON.parse(line), line);
        expect(JSON.parse(flat.json)).toEqual(JSON.parse(JSON.stringify(flat.fields)));
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps a record number beyond 2^53 exact', () => {
    const line =
      '{"winlog":{"record_id":9007199254740993,"event_id":1,"event_data":{"Image":"a.exe"}}}';
    const flat = flattenWinlogbeat(JSON.parse(line), line);
    expect(flat.json).toBe(
      '{"EventID":1,"Image":"a.exe","winlog":{"record_id":9007199254740993,"event_id":1}}',
    );
  });
});
