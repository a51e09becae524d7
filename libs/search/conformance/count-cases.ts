import { isProblem } from '@tocsin/kernel/problem.ts';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import { expect } from 'vitest';
import { MemorySearchStore } from '../memory/memory-search-store.ts';
import type { HistogramRequest, SearchStore } from '../search-store.ts';
import { ALL_TIME } from '../search-store.ts';
import { ALERT_SEEDS, alertDocuments } from './alert-documents.ts';
import { EVENT_SEEDS, eventDocuments } from './event-documents.ts';
import { type Laboratory, otherTenant, type SampledCollection, tenant } from './laboratory.ts';
import type { SearchCase } from './search-case.ts';

const everything = parseQuery('*');
const HOUR = 3_600_000;

const GROUPED: Readonly<Record<SampledCollection, readonly string[]>> = {
  events: [
    ...['category', 'severity', 'actor.name', 'src_ip', 'tags', 'rules', 'attributes.port'],
    ...['attributes.hashes', 'attributes.id.orig_h', 'attributes.retry', 'attributes.nested'],
  ],
  alerts: ['status', 'severity', 'actor.name', 'assignee', 'tags', 'hosts', 'storm', 'event_count'],
};

async function oracleOf(laboratory: Laboratory): Promise<SearchStore> {
  const { clock } = (await laboratory.stocked()).place;
  const { collection } = laboratory.subject;
  const oracle = new MemorySearchStore(clock);
  const documents = collection === 'events' ? eventDocuments() : alertDocuments();
  await oracle.append(tenant, collection, documents, { source: 'oracle', offset: 1 });
  return oracle;
}

async function refused(answer: Promise<unknown>): Promise<unknown> {
  const error = await answer.then(
    () => undefined,
    (fault: unknown) => fault,
  );
  return isProblem(error) ? error.code : error;
}

const BARS: SearchCase = {
  name: 'a histogram counts each row in the bar its time falls into, before 1970 too',
  async run(laboratory) {
    const { store } = await laboratory.stocked();
    const request: HistogramRequest = {
      collection: laboratory.subject.collection,
      query: everything,
      range: ALL_TIME,
      intervalMs: HOUR,
    };
    const bars = await store.histogram(tenant, request);
    expect(bars).toEqual(await (await oracleOf(laboratory)).histogram(tenant, request));
    expect(bars[0]).toEqual({ at: -HOUR, count: 1 });
    const seeds = laboratory.subject.collection === 'events' ? EVENT_SEEDS : ALERT_SEEDS;
    expect(bars.reduce((sum, bar) => sum + bar.count, 0)).toBe(Object.keys(seeds).length);
    const none = await store.histogram(tenant, { ...request, query: parseQuery('severity:99') });
    expect(none).toEqual([]);
  },
};

const BY: SearchCase = {
  name: 'a histogram by a field counts each value, and rows without one under the empty text',
  async run(laboratory) {
    const { store } = await laboratory.stocked();
    const oracle = await oracleOf(laboratory);
    for (const by of GROUPED[laboratory.subject.collection]) {
      const request: HistogramRequest = {
        collection: laboratory.subject.collection,
        query: everything,
        range: { from: 0, to: ALL_TIME.to },
        intervalMs: 24 * HOUR,
        by,
      };
      expect(await store.histogram(tenant, request), by).toEqual(
        await oracle.histogram(tenant, request),
      );
    }
  },
};

const VALUES: SearchCase = {
  name: 'an aggregate gives the most frequent values, each list value once a row',
  async run(laboratory) {
    const { store } = await laboratory.stocked();
    const oracle = await oracleOf(laboratory);
    for (const field of GROUPED[laboratory.subject.collection]) {
      for (const limit of [1, 3, 1000]) {
        const { collection } = laboratory.subject;
        const request = { collection, query: everything, range: ALL_TIME, field, limit };
        expect(await store.aggregate(tenant, request), field).toEqual(
          await oracle.aggregate(tenant, request),
        );
      }
    }
  },
};

const REFUSED: SearchCase = {
  name: 'counting by a text, a time, an id or an unknown field is refused, and so are bad numbers',
  async run(laboratory) {
    const { store } = await laboratory.stocked();
    const { collection } = laboratory.subject;
    const base = { collection, query: everything, range: ALL_TIME };
    const { id, text } = {
      events: { id: 'event_id', text: 'message' },
      alerts: { id: 'alert_id', text: 'title' },
    }[collection];
    for (const field of [id, text, 'timestamp', 'nothing', '__proto__']) {
      expect(await refused(store.aggregate(tenant, { ...base, field, limit: 5 }))).toBe(
        'invalid_query',
      );
      expect(await refused(store.histogram(tenant, { ...base, intervalMs: HOUR, by: field }))).toBe(
        'invalid_query',
      );
    }
    for (const intervalMs of [0, -1, 999, 1500.5, Number.NaN]) {
      expect(await refused(store.histogram(tenant, { ...base, intervalMs }))).toBe(
        'invalid_request',
      );
    }
    for (const limit of [0, 1001]) {
      expect(await refused(store.aggregate(tenant, { ...base, field: 'severity', limit }))).toBe(
        'invalid_request',
      );
    }
  },
};

const TOO_MANY: SearchCase = {
  name: 'a histogram of more than 1,000 bars is refused',
  async run(laboratory) {
    const specimen = await laboratory.fresh();
    const rows = Array.from({ length: 1001 }, (_, second) =>
      laboratory.document(`bar/${second}`, {
        timestamp: new Date(Date.UTC(2026, 0, 3) + second * 1000).toISOString(),
      }),
    );
    await specimen.load(tenant, rows);
    const request: HistogramRequest = {
      collection: laboratory.subject.collection,
      query: everything,
      range: ALL_TIME,
      intervalMs: 1000,
    };
    expect(await refused(specimen.store.histogram(tenant, request))).toBe('invalid_request');
    expect(await specimen.store.histogram(tenant, { ...request, intervalMs: 2000 })).toHaveLength(
      501,
    );
  },
};

const ISOLATED: SearchCase = {
  name: 'counts never include another tenant',
  async run(laboratory) {
    const specimen = await laboratory.fresh();
    const { collection } = laboratory.subject;
    await specimen.load(tenant, [laboratory.document('one', {})]);
    await specimen.load(otherTenant, [
      laboratory.document('two', {}, otherTenant.tenantId),
      laboratory.document('three', {}, otherTenant.tenantId),
    ]);
    const base = { collection, query: everything, range: ALL_TIME };
    const counts = await specimen.store.aggregate(tenant, { ...base, field: 'category', limit: 9 });
    expect(counts).toEqual([{ value: 'ops', count: 1 }]);
    const bars = await specimen.store.histogram(tenant, { ...base, intervalMs: HOUR });
    expect(bars.map((bar) => bar.count)).toEqual([1]);
  },
};

/** What is counted. */
export const COUNT_CASES: readonly SearchCase[] = [BARS, BY, VALUES, REFUSED, TOO_MANY, ISOLATED];
