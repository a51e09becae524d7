import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rows } from './day-file.ts';
import { EventChunk } from './event-chunk.ts';
import { COLUMN_NAMES, columnDefinitions, type RowFacts, TEXT_COLUMNS } from './event-columns.ts';
import { CHUNK_ROWS_MAX } from './text-vector.ts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const LONGEST_INLINE = 12;
/** Text of every kind that is laid out in another way: short, at the border, long, with NUL, beyond ASCII, ill-formed. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', maxLength: 30 }),
  fc.string({
    unit: 'grapheme-ascii',
    minLength: LONGEST_INLINE - 1,
    maxLength: LONGEST_INLINE + 1,
  }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({
    unit: fc.constantFrom('\0', 'a', 'é', '\u007f', '\u0080', '\ud83d', '\ude00', '😀'),
  }),
  fc.string({ unit: 'binary-ascii', minLength: 200, maxLength: 5000 }),
);
const whole = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer(),
  fc.constantFrom(0, -1, 2 ** 32, -(2 ** 32), 2 ** 31),
);

const event = fc.record({
  eventId: fc.oneof(
    fc.uuid(),
    fc.uuid().map((id) => id.toUpperCase()),
    fc.constantFrom(
      '00000000-0000-0000-0000-000000000000',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
      '80000000-0000-0000-8000-000000000000',
    ),
  ),
  timestamp: whole,
  severity: fc.integer({ min: -32768, max: 32767 }),
  clientId: fc.boolean(),
  category: text,
  action: text,
  sourceHost: text,
  actorId: text,
  message: text,
  tags: fc.array(text, { maxLength: 3 }),
  attributesJson: text,
  attributes: fc.dictionary(fc.constantFrom('CommandLine', 'cmdline'), text),
});
const facts = fc.record({
  tenantId: text,
  frame: fc.maxSafeNat(),
  ordinal: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  receivedAt: whole,
  rules: fc.option(fc.array(text, { maxLength: 2 }), { nil: undefined }),
});
type Row = { event: NormalizedEvent; facts: RowFacts };
const row: fc.Arbitrary<Row> = fc.record({ event, facts }).map((made) => ({
  facts: made.facts,
  event: { ...EMPTY, ...made.event } as unknown as NormalizedEvent,
}));

const EMPTY = Object.fromEntries(
  [
    ...['outcome', 'sourceSystem', 'sourceIntegration', 'actorType', 'actorName', 'actorEmail'],
    ...['targetType', 'targetId', 'targetName', 'srcIp', 'dstIp', 'parseStatus', 'parseError'],
  ].map((name) => [name, '']),
);

let tables = 0;
async function freshTable(): Promise<string> {
  tables += 1;
  await connection.run(`create table t${tables}(${columnDefinitions('memory')})`);
  return `t${tables}`;
}

async function stored(table: string): Promise<unknown[]> {
  const found = await rows(connection, `select * from ${table}`);
  await connection.run(`drop table ${table}`);
  return found.map((each) =>
    Object.fromEntries(Object.entries(each).map(([name, value]) => [name, String(value)])),
  );
}

async function byChunk(chunk: EventChunk, given: readonly Row[], roll: number): Promise<unknown[]> {
  const table = await freshTable();
  const appender = await connection.createAppender(table);
  for (const one of given) {
    chunk.push(one.event, one.facts, roll);
    if (chunk.full) appender.appendDataChunk(chunk.take());
  }
  appender.appendDataChunk(chunk.take());
  appender.closeSync();
  return stored(table);
}

/** The plain twin: one INSERT a row, one bound value a column. */
async function byInsert(given: readonly Row[], roll: number): Promise<unknown[]> {
  const table = await freshTable();
  const places = COLUMN_NAMES.map((_, index) => `$${index + 1}`).join(', ');
  for (const { event: e, facts: f } of given) {
    const fixed = [
      BigInt(e.timestamp),
      BigInt(f.receivedAt),
      BigInt(roll),
      BigInt(f.frame),
      f.ordinal,
      e.severity,
      e.clientId,
    ];
    const texts = TEXT_COLUMNS.map((column) => column.text(e, f));
    await connection.run(`insert into ${table} values (${places})`, [
      ...fixed,
      e.eventId,
      ...texts,
    ]);
  }
  return stored(table);
}

describe('a chunk of rows', () => {
  it('stores any row as a plain INSERT does', async () => {
    const chunk = new EventChunk();
    const property = fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 5 }),
      fc.maxSafeNat(),
      async (given, roll) => {
        expect(await byChunk(chunk, given, roll)).toEqual(await byInsert(given, roll));
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });

  it.each([
    0, 1, 11, 12, 13, 14,
  ])('keeps text of %i bytes, with and without a character beyond ASCII', async (length) => {
    const chunk = new EventChunk();
    const [made] = fc.sample(row, { seed: 1, numRuns: 1 });
    if (made === undefined) return;
    const given = ['x', 'é', '\0'].flatMap((last) => [
      {
        ...made,
        event: { ...made.event, actorId: `${'a'.repeat(length)}${last}`.slice(0, length) },
      },
      { ...made, event: { ...made.event, actorId: 'a'.repeat(Math.max(0, length - 2)) + last } },
    ]);
    expect(await byChunk(chunk, given, 1)).toEqual(await byInsert(given, 1));
  });

  it('is full when its texts are long, and keeps texts of megabytes', async () => {
    const chunk = new EventChunk();
    const [made] = fc.sample(row, { seed: 3, numRuns: 1 });
    if (made === undefined) return;
    const given = ['a', 'é', '\ud83d', 'b'].map((unit) => ({
      ...made,
      event: { ...made.event, message: unit.repeat(3 << 20), actorId: `${unit} of the actor` },
    }));
    let rowsUntilFull = 0;
    for (const { event, facts } of given.slice(0, 3)) {
      if (chunk.full) break;
      chunk.push(event, facts, 1);
      rowsUntilFull += 1;
    }
    expect(rowsUntilFull).toBe(2);
    chunk.take();
    expect(await byChunk(chunk, given, 1)).toEqual(await byInsert(given, 1));
  });

  it('leaves nothing of an earlier chunk in a later one, and fills a vector to its end', async () => {
    const chunk = new EventChunk();
    const given = fc.sample(row, { seed: 7, numRuns: 40 });
    const many = Array.from(
      { length: CHUNK_ROWS_MAX * 2 + 3 },
      (_, index) => given[index % 40] as Row,
    );
    const wanted = await byInsert(given, 3);
    const got = await byChunk(chunk, many, 3);
    expect(got).toHaveLength(many.length);
    expect(
      got.every((each, index) => JSON.stringify(each) === JSON.stringify(wanted[index % 40])),
    ).toBe(true);
  });
});
