import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { normalizeFrame } from '@tocsin/normalize-service/domain/normalize-frame.ts';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import { DuckDbEventStore } from '@tocsin/search/duckdb/duckdb-event-store.ts';
import { ROLL_ROWS } from '@tocsin/search/duckdb/event-writer.ts';
import { ALL_TIME } from '@tocsin/search/search-store.ts';
import { mixedBodies } from './inputs.ts';
import { ownCpu, percentile } from './measure.ts';

const TENANT = systemContext(parseTenantId('bench-tenant'), 'test');
const SOURCE = 'raw.events/0/bench-tenant';
const FRAME_ID = '018f3c1e-0000-7000-8000-000000000001';
const START = Date.UTC(2026, 0, 1, 1);
/** Lines of the shared mix that are stored again and again, each time with other ids, hosts, users and times. */
const TEMPLATES = 40_000;
const ROUNDS = 5;
const EVERY_MS = 12;
const INDICATORS = 1_000;
const SEARCH_MS_MAX = 600_000;

/** Searches over so many stored events of one day, on a quiet store and while events are added: p50 and p95. */
export async function measureSearch(events = 5_000_000): Promise<void> {
  const templates = templatesOf();
  if (templates === undefined) {
    console.log('search: not run, the corpus is absent (TOCSIN_CORPUS)');
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'tb-'));
  const options = { folder, world: systemWorld(), formatRawRef: () => '' };
  let store = await DuckDbEventStore.open(options);
  try {
    const filler = new Filler(store, templates);
    const before = ownCpu();
    while (filler.stored < events) await filler.addRoll();
    const stored = (ownCpu() - before) / filler.stored;
    await store.close();
    const opened = performance.now();
    store = await DuckDbEventStore.open(options);
    const openMs = performance.now() - opened;
    const cold = await measureAll(store, 1);
    report('cold', filler.stored, cold);
    const warm = await measureAll(store, ROUNDS);
    report('warm', filler.stored, warm);
    const busy = new Filler(store, templates, filler);
    let adding = true;
    const added = (async () => {
      while (adding) await busy.addRoll();
    })();
    const whileStoring = await measureAll(store, ROUNDS);
    adding = false;
    await added;
    console.log(
      JSON.stringify({
        what: `search over ${filler.stored} stored events`,
        store_cpu_us_per_event: Math.round(stored * 100) / 100,
        bytes_per_event: Math.round(sizeOf(folder) / busy.stored),
        open_ms: Math.round(openMs),
        while_storing_ms: whileStoring,
      }),
    );
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Wall milliseconds, and CPU milliseconds of the whole process, which is of the search alone when nothing is stored. */
type Times = Record<string, { p50: number; p95: number; cpu: number }>;

async function measureAll(store: DuckDbEventStore, rounds: number): Promise<Times> {
  const all = { collection: 'events', range: ALL_TIME, deadlineMs: SEARCH_MS_MAX } as const;
  const addresses = Array.from(
    { length: INDICATORS },
    (_, index) => `203.0.${index >> 8}.${index & 255}`,
  );
  const searches: Record<string, () => Promise<unknown>> = {
    'newest 100 of a user': () =>
      store.search(TENANT, { ...all, query: parseQuery('actor.name:user-77'), limit: 100 }),
    'text in a command line': () =>
      store.search(TENANT, {
        ...all,
        query: parseQuery('attributes.CommandLine:*comsvcs*'),
        limit: 100,
      }),
    'histogram of 10 minutes by product': () =>
      store.histogram(TENANT, {
        ...all,
        query: parseQuery(''),
        intervalMs: 600_000,
        by: 'source.system',
      }),
    'top 10 users': () =>
      store.aggregate(TENANT, { ...all, query: parseQuery(''), field: 'actor.name', limit: 10 }),
    '1,000 addresses': async () => {
      // A query has a limit of terms: an indicator sweep asks in portions.
      for (let at = 0; at < addresses.length; at += 50) {
        const list = addresses
          .slice(at, at + 50)
          .map((address) => `"${address}"`)
          .join(' or ');
        await store.search(TENANT, { ...all, query: parseQuery(`dst_ip:(${list})`), limit: 100 });
      }
    },
  };
  const times: Times = {};
  for (const [name, search] of Object.entries(searches)) {
    const took: number[] = [];
    const before = ownCpu();
    for (let round = 0; round < rounds; round += 1) {
      const began = performance.now();
      await search();
      took.push(performance.now() - began);
    }
    times[name] = {
      p50: Math.round(percentile(took, 0.5)),
      p95: Math.round(percentile(took, 0.95)),
      cpu: Math.round((ownCpu() - before) / 1000 / rounds),
    };
  }
  return times;
}

function report(when: string, events: number, times: Times): void {
  console.log(JSON.stringify({ what: `search over ${events} stored events, ${when}`, ms: times }));
}

/** Adds whole rolls of events made from templates. */
class Filler {
  readonly #store: DuckDbEventStore;
  readonly #templates: readonly NormalizedEvent[];
  stored: number;
  #frame: number;

  constructor(store: DuckDbEventStore, templates: readonly NormalizedEvent[], after?: Filler) {
    this.#store = store;
    this.#templates = templates;
    this.stored = after?.stored ?? 0;
    this.#frame = after === undefined ? 0 : after.#frame;
  }

  async addRoll(): Promise<void> {
    const size = 512;
    for (let rows = 0; rows < ROLL_ROWS; rows += size) {
      this.#frame += 1;
      const offset = this.#frame;
      const frameId = FRAME_ID;
      const list = Array.from({ length: size }, (_, ordinal) => ({
        event: this.#next(),
        ordinal,
        rules: undefined,
      }));
      const place = { segment: '', block: 0, firstLine: 0, duplicates: [], deadLetters: [] };
      const facts = { source: SOURCE, offset, frameId, receivedAt: START, count: size, ...place };
      await this.#store.writer.append(TENANT, facts, list);
    }
    await this.#store.flush();
  }

  #next(): NormalizedEvent {
    const number = this.stored;
    this.stored += 1;
    const template = this.#templates[number % this.#templates.length];
    if (template === undefined) throw new Error('there are no templates');
    const user = (number * 7) % 5_000;
    return {
      ...template,
      eventId: `018f3c1e-0000-7000-8000-${number.toString(16).padStart(12, '0')}`,
      timestamp: START + number * EVERY_MS,
      sourceHost: template.sourceHost === '' ? '' : `ws-${number % 2_000}`,
      actorName: template.actorName === '' ? '' : `user-${user}`,
      dstIp: template.dstIp === '' ? '' : `198.51.${number % 200}.${(number * 13) % 250}`,
    };
  }
}

function templatesOf(): NormalizedEvent[] | undefined {
  const mixed = mixedBodies(374_380, 200_000);
  if (mixed === undefined) return undefined;
  const body = Buffer.from(mixed.sample.slice(0, TEMPLATES).join('\n'));
  const { tenantId } = TENANT;
  const frame = { id: FRAME_ID, tenantId, sourceHint: '', receivedAt: START, body };
  return [...normalizeFrame({ ...frame, contentType: 'application/x-tocsin-wrapped' }).events];
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
