import {
  buildFile,
  ChunkBuilder,
  type ElementSpec,
  hex,
  type PartSpec,
  type RecordSpec,
  text,
  type ValueSpec,
} from './build-evtx.ts';

/** A template like those Windows uses: System with its usual members, then a part of one's own. */
export function eventTemplate(...sections: readonly (ElementSpec | PartSpec)[]): ElementSpec {
  const system: ElementSpec = {
    name: 'System',
    children: [
      { name: 'Provider', attributes: { Name: 'Test-Provider', Guid: { optional: 0 } } },
      { name: 'EventID', attributes: { Qualifiers: { optional: 1 } }, children: [2] },
      { name: 'Keywords', children: [{ optional: 3 }] },
      { name: 'TimeCreated', attributes: { SystemTime: { optional: 4 } } },
      { name: 'EventRecordID', children: [{ optional: 5 }] },
      { name: 'Correlation' },
      { name: 'Channel', children: ['Security'] },
      { name: 'Computer', children: ['host.example'] },
      { name: 'Security', attributes: { UserID: { optional: 6 } } },
    ],
  };
  const xmlns = 'http://schemas.microsoft.com/win/2004/08/events/event';
  return { name: 'Event', attributes: { xmlns }, children: [system, ...sections] };
}

/** Values 0 to 6 of {@link eventTemplate}. */
export const SYSTEM_VALUES: readonly ValueSpec[] = [
  hex(0x0f, '0102030405060708090a0b0c0d0e0f10'),
  hex(0x00, ''),
  hex(0x06, '5012'),
  hex(0x15, '0000000000002080'),
  hex(0x11, '8748c7b2e17bdc01'),
  hex(0x0a, '2a00000000000000'),
  hex(0x13, '010500000000000515000000010000000200000003000000f4010000'),
];

/** A member of EventData. */
export const data = (name: string, value: PartSpec): ElementSpec => ({
  name: 'Data',
  attributes: { Name: name },
  children: [value],
});

const PLAIN = eventTemplate({
  name: 'EventData',
  children: [data('CommandLine', 7), data('User', 8)],
});

/** A record with two texts. */
export function plainRecord(id: number, commandLine: string): RecordSpec {
  return { id, template: PLAIN, values: [...SYSTEM_VALUES, text(commandLine), text('alice')] };
}

/** A log of some chunks with some records each: `command 0.0`, `command 0.1`, ... */
export function sampleLog(chunks: number, records: number): Buffer {
  const built = Array.from({ length: chunks }, (_, chunk) => {
    const builder = new ChunkBuilder();
    for (let record = 0; record < records; record += 1) {
      builder.record(plainRecord(chunk * records + record + 1, `command ${chunk}.${record}`));
    }
    return builder.finish();
  });
  return buildFile(built);
}
