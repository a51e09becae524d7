import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemorySearchStore } from '../memory/memory-search-store.ts';
import { ALL_TIME, type Document, type SearchStore } from '../search-store.ts';
import type { DuckDbEventStore } from './duckdb-event-store.ts';
import { ACME, documentsOf, openStore, sourceOf } from './testing/sample-store.ts';

/** More rows than the first two steps of a walk look at. */
const ROWS = 9_000;
const PAGE = 20;

/** Events of which many have the same time, few a certain command line, and one text that is rare and old. */
function sampleEvents(): Document[] {
  return documentsOf('walk', ROWS).map((document, index) => ({
    ...document,
    timestamp: new Date(
      Date.UTC(2026, 0, 1) + Math.floor(((index * 7919) % ROWS) / 5),
    ).toISOString(),
    actor: { name: `user-${index % 50}` },
    severity: index % 11,
    attributes: {
      note: index % 3_001 === 17 ? 'Rare Text' : `plain ${index}`,
      ...(index % 40 === 0 && { CommandLine: `RUN.exe ${index}` }),
      ...(index % 700 === 3 && { cmdline: [`run.exe list ${index}`, 7] }),
      ...(index % 901 === 5 && { ParentCommandLine: `${'x'.repeat(5_000)} run.exe` }),
    },
  }));
}

const QUERIES = [
  '',
  'actor.name:user-7',
  'actor.name:nobody',
  'attributes.CommandLine:*exe 8*',
  'attributes.CommandLine:"run.exe 40"',
  'attributes.CommandLine:*absent*',
  'attributes.CommandLine:*',
  'attributes.cmdline:*list*',
  'attributes.ParentCommandLine:*run.exe',
  'attributes.note:"rare text"',
  'attributes.note:*rare* and actor.name:user-17',
  'attributes.CommandLine:*run* and not attributes.note:*8*',
  'attributes.CommandLine:*4* or actor.name:user-3',
  'message:walk-4711',
  'not attributes.CommandLine:*run* and severity:7',
];

let folder = '';
let store: DuckDbEventStore;
const oracle = new MemorySearchStore(systemWorld().clock);
const documents = sampleEvents();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-walk-'));
  store = await openStore(folder);
  await fill();
  await oracle.append(ACME, 'events', documents, { source: 'oracle', offset: 1 });
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

/** Half of the rows are in a file, half in memory. */
async function fill(): Promise<void> {
  const half = ROWS / 2;
  const source = sourceOf();
  await store.append(ACME, 'events', documents.slice(0, half), { source, offset: 1 });
  await store.flush();
  await store.append(ACME, 'events', documents.slice(half), { source, offset: 2 });
}

/** The ids of the first three pages. */
async function idsOf(asked: SearchStore, text: string, order: 'newest' | 'oldest') {
  const ids: unknown[] = [];
  for (let page = 0, cursor: string | undefined; page < 3; page += 1) {
    const found = await asked.search(ACME, {
      collection: 'events',
      query: parseQuery(text),
      range: ALL_TIME,
      order,
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    ids.push(...found.items.map((item) => item['event_id']));
    cursor = found.nextCursor;
    if (cursor === undefined) break;
  }
  return ids;
}

async function expectSame(text: string): Promise<void> {
  for (const order of ['newest', 'oldest'] as const) {
    expect(await idsOf(store, text, order)).toEqual(await idsOf(oracle, text, order));
  }
  const counted = {
    collection: 'events',
    query: parseQuery(text),
    range: ALL_TIME,
  } as const;
  const bars = { ...counted, intervalMs: 600_000, by: 'severity' };
  expect(await store.histogram(ACME, bars)).toEqual(await oracle.histogram(ACME, bars));
  const values = { ...counted, field: 'attributes.CommandLine', limit: 10 };
  expect(await store.aggregate(ACME, values)).toEqual(await oracle.aggregate(ACME, values));
}

describe('pages and counts of more rows than are looked at in a step', () => {
  it.each(QUERIES)('of `%s` are those of the plain evaluation', expectSame);

  it('are the same in a file without the column of command lines', async () => {
    await store.close();
    await dropColumn();
    store = await openStore(folder);
    for (const text of ['attributes.CommandLine:*exe 8*', 'attributes.cmdline:*list*']) {
      await expectSame(text);
    }
  }, 60_000);
});

/** Makes the day file one of a release before the column. */
async function dropColumn(): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const [name] = (await readdir(folder)).filter((each) => each.endsWith('.duckdb'));
  await connection.run(`attach '${join(folder, name ?? '')}' as day`);
  await connection.run('alter table day.events drop column command_lines');
  connection.closeSync();
  instance.closeSync();
}
