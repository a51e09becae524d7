import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import { DuckDbEventStore } from '@tocsin/search/duckdb/duckdb-event-store.ts';
import { copyDays } from '@tocsin/search/duckdb/testing/copy-days.ts';
import { ALL_TIME } from '@tocsin/search/search-store.ts';
import { EventFiller, eventTemplates, FILLED_TENANT, INDICATORS } from './fill-events.ts';
import { ownCpu, percentile } from './measure.ts';

const ROUNDS = 7;
/** A search that takes long is not asked as often. */
const ROUNDS_MS_MAX = 6_000;
const COLD_ROUNDS = 2;
const SEARCH_MS_MAX = 600_000;
/** Events of a received day, and of a store with several days a multiple of what the first one has. */
const PER_DAY = 5_100_000;
/** As many as a query may have of addresses. */
const QUERY_VALUES = 180;

/** What {@link measureSearch} searches. */
export interface SearchOptions {
  /** Events of the first day. */
  readonly events?: number;
  /** Received days, each with as many events: those after the first are copies with other times. */
  readonly days?: number;
  /** A folder of events that an earlier call filled, or that this one fills, and that stays; else a temporary one. */
  readonly home?: string;
  /** Measures without adding events meanwhile. */
  readonly quiet?: boolean;
  /** Measures the searches only whose names have this in them. */
  readonly only?: string;
}

/** Searches over stored events, cold, warm, and while events are added: p50 and p95. */
export async function measureSearch(options: SearchOptions = {}): Promise<void> {
  const templates = eventTemplates();
  if (templates === undefined) {
    console.log('search: not run, the corpus is absent (TOCSIN_CORPUS)');
    return;
  }
  const folder = options.home ?? (await mkdtemp(join(tmpdir(), 'tb-')));
  await mkdir(folder, { recursive: true });
  try {
    if (!readdirSync(folder).some((name) => name.endsWith('.duckdb'))) {
      await fill(folder, templates, options.events ?? 5_000_000);
      if ((options.days ?? 1) > 1) await copyDays(folder, options.days ?? 1);
    }
    await measureFolder(folder, templates, options);
  } finally {
    if (options.home === undefined) await rm(folder, { recursive: true, force: true });
  }
}

function openStore(folder: string): Promise<DuckDbEventStore> {
  return DuckDbEventStore.open({ folder, world: systemWorld(), formatRawRef: () => '' });
}

type Templates = NonNullable<ReturnType<typeof eventTemplates>>;

async function fill(folder: string, templates: Templates, events: number): Promise<void> {
  const store = await openStore(folder);
  const filler = new EventFiller(store, templates, { perDay: PER_DAY, after: 0 });
  const before = ownCpu();
  while (filler.stored < events) {
    await filler.addRoll();
    console.error(`${filler.stored} of ${events} events stored`);
  }
  const cpu = (ownCpu() - before) / filler.stored;
  await store.close();
  report('stored', { events: filler.stored, made_and_stored_cpu_us_per_event: round(cpu) });
}

async function measureFolder(
  folder: string,
  templates: Templates,
  { quiet = false, only = '' }: SearchOptions,
): Promise<void> {
  const began = performance.now();
  let store = await openStore(folder);
  const openMs = performance.now() - began;
  const events = await countOf(store);
  report('opened', { events, ms: Math.round(openMs), bytes_per_event: sizeOf(folder) / events });
  const names = Object.keys(searches(store)).filter((name) => name.includes(only));
  for (const name of names) {
    const cold: number[] = [];
    for (let round = 0; round < COLD_ROUNDS; round += 1) {
      await store.close();
      const dropped = dropPages();
      store = await openStore(folder);
      if (!dropped) break;
      cold.push((await measure(store, name, 1)).p50);
      if ((cold[0] ?? 0) > ROUNDS_MS_MAX) break;
    }
    report(name, { events, cold_ms: cold, warm: await measure(store, name, ROUNDS) });
  }
  if (!quiet) {
    const after = Math.ceil(events / PER_DAY) * PER_DAY;
    const filler = new EventFiller(store, templates, { perDay: PER_DAY, after });
    let adding = true;
    const added = (async () => {
      while (adding) await filler.addRoll();
    })();
    for (const name of names) {
      report(`${name}, while events are added`, await measure(store, name, ROUNDS));
    }
    adding = false;
    await added;
  }
  await store.close();
}

/** Wall milliseconds, and CPU milliseconds of the whole process, which is of the search alone when nothing is stored. */
async function measure(
  store: DuckDbEventStore,
  name: string,
  rounds: number,
): Promise<{ p50: number; p95: number; cpu: number; found: number }> {
  const search = searches(store)[name];
  const took: number[] = [];
  const before = ownCpu();
  const started = performance.now();
  let found = 0;
  while (took.length < rounds && performance.now() - started < ROUNDS_MS_MAX) {
    const began = performance.now();
    found = (await search?.()) ?? 0;
    took.push(performance.now() - began);
  }
  return {
    p50: Math.round(percentile(took, 0.5)),
    p95: Math.round(percentile(took, 0.95)),
    cpu: Math.round((ownCpu() - before) / 1000 / took.length),
    found,
  };
}

async function countOf(store: DuckDbEventStore): Promise<number> {
  const asked = { ...ALL, query: parseQuery(''), intervalMs: 86_400_000 };
  const bars = await store.histogram(FILLED_TENANT, asked);
  return bars.reduce((sum, bar) => sum + bar.count, 0);
}

const ALL = { collection: 'events', range: ALL_TIME, deadlineMs: SEARCH_MS_MAX } as const;

/** The searches by what they are; each gives how many rows it found. */
function searches(store: DuckDbEventStore): Record<string, () => Promise<number>> {
  const page = async (text: string): Promise<number> => {
    const request = { ...ALL, query: parseQuery(text), limit: 100 };
    return (await store.search(FILLED_TENANT, request)).items.length;
  };
  return {
    'newest 100': () => page(''),
    'newest 100 of a user': () => page('actor.name:user-77'),
    'a user that is not there': () => page('actor.name:nobody'),
    'rare text in a command line': () => page('attributes.CommandLine:*comsvcs*'),
    'no text in a command line': () => page('attributes.CommandLine:*mimikatz*'),
    'common text in another attribute': () => page('attributes.Channel:*security*'),
    'rare text in another attribute': () => page('attributes.Description:*mimikatz*'),
    'a word': () => page('mimikatz'),
    'histogram of 10 minutes by product': async () => {
      const query = parseQuery('');
      // A histogram has a thousand bars at most: of the first day.
      const range = { from: 0, to: Date.UTC(2026, 0, 2) };
      const asked = { ...ALL, range, query, intervalMs: 600_000, by: 'source.system' };
      return (await store.histogram(FILLED_TENANT, asked)).length;
    },
    'histogram of 6 hours by product': async () => {
      const asked = { ...ALL, query: parseQuery(''), intervalMs: 21_600_000, by: 'source.system' };
      return (await store.histogram(FILLED_TENANT, asked)).length;
    },
    'histogram of a text in a command line': async () => {
      const query = parseQuery('attributes.CommandLine:*comsvcs*');
      return (await store.histogram(FILLED_TENANT, { ...ALL, query, intervalMs: 3_600_000 }))
        .length;
    },
    'top 10 users': async () => {
      const asked = { ...ALL, query: parseQuery(''), field: 'actor.name', limit: 10 };
      return (await store.aggregate(FILLED_TENANT, asked)).length;
    },
    '1,000 addresses, 6 queries': async () => {
      let found = 0;
      for (let at = 0; at < INDICATORS.length; at += QUERY_VALUES) {
        const list = INDICATORS.slice(at, at + QUERY_VALUES).map((address) => `"${address}"`);
        found += await page(`dst_ip:(${list.join(' or ')})`);
      }
      return found;
    },
  };
}

/** Empties the page cache, where it may: false elsewhere. */
function dropPages(): boolean {
  try {
    writeFileSync('/proc/sys/vm/drop_caches', '3');
    return true;
  } catch {
    return false;
  }
}

function report(what: string, figures: Record<string, unknown>): void {
  console.log(JSON.stringify({ what: `search: ${what}`, ...figures }));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
