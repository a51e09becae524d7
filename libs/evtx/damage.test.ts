import { describe, expect, it } from 'vitest';
import { EvtxError, type EvtxFaultCode } from './evtx-error.ts';
import { CHUNK_BYTES, CHUNK_HEADER_BYTES, FILE_HEADER_BYTES } from './limits.ts';
import { readChunk } from './read-chunk.ts';
import { readEvtx } from './read-evtx.ts';
import {
  buildFile,
  ChunkBuilder,
  type ElementSpec,
  hex,
  type PartSpec,
  text,
} from './testing/build-evtx.ts';
import { plainRecord, sampleLog } from './testing/sample-log.ts';

interface Outcome {
  readonly records: number;
  readonly codes: readonly EvtxFaultCode[];
}

function outcome(file: Uint8Array): Outcome {
  const chunks = [...readEvtx(file)];
  return {
    records: chunks.reduce((sum, { records }) => sum + records.length, 0),
    codes: chunks.flatMap(({ faults }) => faults.map(({ code }) => code)),
  };
}

const FIRST = FILE_HEADER_BYTES + CHUNK_HEADER_BYTES;
const SECOND_CHUNK = FILE_HEADER_BYTES + CHUNK_BYTES;

/** Three chunks of four records, changed, and what is left of them. */
const DAMAGES: readonly (readonly [string, (file: Buffer) => Uint8Array, Outcome])[] = [
  ['nothing', (file) => file, { records: 12, codes: [] }],
  [
    'the file header',
    (file) => file.fill(0xff, 24, 32),
    { records: 12, codes: ['file_header_damaged'] },
  ],
  [
    'the signature of a chunk',
    (file) => file.fill(0xff, SECOND_CHUNK, SECOND_CHUNK + 8),
    { records: 8, codes: ['chunk_signature'] },
  ],
  [
    'a chunk that is all zero',
    (file) => file.fill(0, SECOND_CHUNK, SECOND_CHUNK + CHUNK_BYTES),
    { records: 8, codes: [] },
  ],
  [
    'the tables in a chunk header',
    (file) => file.fill(0xff, SECOND_CHUNK + 200, SECOND_CHUNK + 210),
    { records: 12, codes: ['chunk_header_checksum'] },
  ],
  [
    'the signature of the first record, which defines the template',
    (file) => file.fill(0xff, FIRST, FIRST + 4),
    { records: 11, codes: ['chunk_records_checksum', 'record_signature'] },
  ],
  [
    'the size of a record',
    (file) => file.fill(0xff, FIRST + 4, FIRST + 8),
    { records: 11, codes: ['chunk_records_checksum', 'record_size'] },
  ],
  [
    'the end of the file, in the middle of a chunk',
    (file) => file.subarray(0, SECOND_CHUNK + 1024),
    { records: 4, codes: ['chunk_truncated', 'record_size', 'file_truncated'] },
  ],
  [
    'the end of the file, between two chunks',
    (file) => file.subarray(0, SECOND_CHUNK),
    { records: 4, codes: ['file_truncated'] },
  ],
  [
    'the count of chunks, as in a file that was copied while in use',
    (file) => {
      file.writeUInt16LE(1, 42);
      return file;
    },
    { records: 12, codes: ['file_header_damaged'] },
  ],
];

describe('damage', () => {
  it.each(DAMAGES)('of %s is named, and the rest is read', (_, change, expected) => {
    expect(outcome(change(sampleLog(3, 4)))).toEqual(expected);
  });

  it('says chunk and byte', () => {
    const file = sampleLog(2, 2).fill(0xff, SECOND_CHUNK, SECOND_CHUNK + 8);
    const faults = [...readEvtx(file)].flatMap((content) => content.faults);
    expect(faults).toEqual([
      {
        code: 'chunk_signature',
        chunk: 1,
        offset: 0,
        message: 'chunk 1, byte 0: does not begin as a chunk does',
      },
    ]);
  });

  it.each([
    [''],
    ['MZ'],
    ['ElfFile'],
    ['ElfChnk\0'.repeat(100)],
  ])('makes no event log of %j', (content) => {
    expect(() => [...readEvtx(Buffer.from(content))]).toThrow(EvtxError);
  });
});

/** A chunk with one hostile record. */
function hostile(write: (builder: ChunkBuilder) => void): readonly EvtxFaultCode[] {
  const builder = new ChunkBuilder();
  const start = builder.at;
  builder.u32(0x2a2a).u32(0).u64(1n).u64(0n).header();
  write(builder);
  builder.endRecord(start).record(plainRecord(2, 'behind'));
  const { records, faults } = readChunk(builder.finish(), 0);
  expect(records.map(({ recordId }) => recordId)).toEqual([2]);
  return faults.map(({ code }) => code);
}

describe('a hostile record', () => {
  it('that nests too deep is refused', () => {
    let template: ElementSpec = { name: 'a' };
    for (let depth = 0; depth < 60; depth += 1) template = { name: 'a', children: [template] };
    expect(hostile((builder) => builder.instance(template, []))).toEqual(['binxml_too_deep']);
  });

  it('whose template contains itself is refused', () => {
    const codes = hostile((builder) => {
      builder.u8(0x0c).u8(1).u32(1);
      const definition = builder.at + 4;
      builder.u32(definition).u32(0).raw(Buffer.alloc(16)).u32(10);
      builder.u8(0x0c).u8(1).u32(1).u32(definition);
      builder.u32(0).u8(0);
    });
    expect(codes).toEqual(['binxml_cycle']);
  });

  it('that names one long value thousands of times is refused before it is built', () => {
    const children: PartSpec[] = Array.from({ length: 3000 }, () => 0);
    const template = { name: 'a', children };
    const codes = hostile((builder) => builder.instance(template, [text('x'.repeat(10_000))]));
    expect(codes).toEqual(['record_too_large']);
  });

  it('that states more values than there are is refused', () => {
    const codes = hostile((builder) => {
      builder
        .u8(0x0c)
        .u8(1)
        .u32(1)
        .u32(builder.at + 4);
      builder.u32(0).raw(Buffer.alloc(16)).u32(1).u8(0).u32(0xffffffff);
    });
    expect(codes).toEqual(['record_too_large']);
  });

  it('with a token that may not stand there is refused', () => {
    expect(hostile((builder) => builder.u8(0x3e))).toEqual(['binxml_token']);
  });

  it('whose name lies outside of the chunk is refused', () => {
    expect(hostile((builder) => builder.u8(1).u16(0).u32(9).u32(0xfffffff0))).toEqual([
      'record_out_of_bounds',
    ]);
  });

  it('that overlaps templates thousands of times ends with the chunk, in bounded time', () => {
    const builder = new ChunkBuilder();
    const body = builder.at;
    builder.raw(Buffer.alloc(30_000, 0x0f));
    // Each record takes another place in the same bytes for its template.
    for (let index = 0; index < 700; index += 1) {
      const start = builder.at;
      builder.u32(0x2a2a).u32(0).u64(1n).u64(0n).header();
      builder
        .u8(0x0c)
        .u8(1)
        .u32(1)
        .u32(body + index * 4);
      builder.u32(0).u8(0).endRecord(start);
    }
    const started = process.cpuUsage().user;
    const { faultCount } = readChunk(builder.finish(), 0);
    expect(faultCount).toBeGreaterThan(0);
    expect(process.cpuUsage().user - started).toBeLessThan(2_000_000);
  });

  it('keeps only so many faults with words', () => {
    const builder = new ChunkBuilder();
    for (let index = 0; index < 200; index += 1) {
      const start = builder.at;
      builder.u32(0x2a2a).u32(0).u64(1n).u64(0n).u8(0x3e).endRecord(start);
    }
    const { faults, faultCount } = readChunk(builder.finish(), 0);
    expect([faults.length, faultCount]).toEqual([64, 200]);
  });

  it('with a value of a fragment that is cut off is refused', () => {
    const template = { name: 'a', children: [0] };
    const codes = hostile((builder) => builder.instance(template, [hex(0x21, '0c01')]));
    expect(codes).toEqual(['record_out_of_bounds']);
  });

  it('is alone: a file of such chunks gives nothing and ends', () => {
    const chunk = Buffer.alloc(CHUNK_BYTES, 0x2a);
    chunk.write('ElfChnk\0', 'latin1');
    expect(outcome(buildFile([chunk, chunk])).records).toBe(0);
  });
});
