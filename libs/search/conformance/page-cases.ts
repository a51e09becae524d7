import { isProblem } from '@tocsin/kernel/problem.ts';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import { expect } from 'vitest';
import type { Document, SearchRequest, SearchStore } from '../search-store.ts';
import { ALL_TIME } from '../search-store.ts';
import { type Laboratory, otherTenant, type Specimen, tenant } from './laboratory.ts';
import type { SearchCase } from './search-case.ts';

const everything = parseQuery('*');
const AT = Date.UTC(2026, 0, 3);

/** Documents of which several share a millisecond. */
function row(laboratory: Laboratory, index: number, offsetMs = 0): Document {
  const timestamp = new Date(AT + Math.floor(index / 3) + offsetMs).toISOString();
  return laboratory.document(`row/${offsetMs}/${index}`, { timestamp });
}

async function withRows(laboratory: Laboratory, count: number): Promise<Specimen> {
  const specimen = await laboratory.fresh();
  const rows = Array.from({ length: count }, (_, index) => row(laboratory, index));
  await specimen.load(tenant, rows);
  return specimen;
}

async function pages(
  laboratory: Laboratory,
  store: SearchStore,
  request: SearchRequest,
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<readonly (readonly string[])[]> {
  const found: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await store.search(tenant, {
      ...request,
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(page.items.map((item) => laboratory.idOf(item)));
    expect(page.items.length).toBeLessThanOrEqual(request.limit);
    cursor = page.nextCursor;
    await between();
    expect(found.length).toBeLessThan(100);
  } while (cursor !== undefined);
  return found;
}

async function problemOf(answer: Promise<unknown>): Promise<string> {
  const error = await answer.then(
    () => undefined,
    (fault: unknown) => fault,
  );
  return isProblem(error) ? error.code : String(error);
}

const ORDER: SearchCase = {
  name: 'rows come newest first or oldest first, ties by id',
  async run(laboratory) {
    const { store } = await withRows(laboratory, 10);
    const newest = await store.search(tenant, laboratory.request(everything));
    const oldest = await store.search(tenant, laboratory.request(everything, { order: 'oldest' }));
    const keys = newest.items.map((item) => `${item.timestamp} ${laboratory.idOf(item)}`);
    expect(keys).toHaveLength(10);
    expect(keys).toEqual([...keys].sort().reverse());
    expect([...oldest.items].reverse().map((item) => laboratory.idOf(item))).toEqual(
      newest.items.map((item) => laboratory.idOf(item)),
    );
  },
};

const RANGE: SearchCase = {
  name: 'a range includes its start and excludes its end',
  async run(laboratory) {
    const { store } = await withRows(laboratory, 9);
    const range = { from: AT + 1, to: AT + 2 };
    const { items } = await store.search(tenant, laboratory.request(everything, { range }));
    expect(items.map((item) => Date.parse(String(item.timestamp)))).toEqual(Array(3).fill(AT + 1));
    const none = laboratory.request(everything, { range: { from: AT, to: AT } });
    expect((await store.search(tenant, none)).items).toEqual([]);
  },
};

const PAGES: SearchCase = {
  name: 'pages of any size together give every row once, in order',
  async run(laboratory) {
    const { store } = await withRows(laboratory, 10);
    for (const order of ['newest', 'oldest'] as const) {
      const whole = (
        await pages(laboratory, store, laboratory.request(everything, { order }))
      ).flat();
      for (const limit of [1, 3, 5, 9, 10, 11]) {
        const request = laboratory.request(everything, { order, limit });
        const found = await pages(laboratory, store, request);
        expect(found.flat()).toEqual(whole);
        expect(found).toHaveLength(Math.ceil(10 / limit));
      }
    }
  },
};

const GROWING: SearchCase = {
  name: 'pages neither repeat nor skip a row while newer rows are added',
  async run(laboratory) {
    const specimen = await withRows(laboratory, 10);
    const whole = await pages(laboratory, specimen.store, laboratory.request(everything));
    let round = 0;
    const request = laboratory.request(everything, { limit: 3 });
    const found = await pages(laboratory, specimen.store, request, async () => {
      round += 1;
      await specimen.load(tenant, [row(laboratory, round, 60_000 * round)]);
    });
    expect(found.flat()).toEqual(whole.flat());
  },
};

const BOUND: SearchCase = {
  name: 'a cursor is refused with another query, range, order or tenant, and when malformed',
  async run(laboratory) {
    const { store } = await withRows(laboratory, 5);
    const request = laboratory.request(everything, { limit: 2 });
    const cursor = (await store.search(tenant, request)).nextCursor ?? '';
    expect((await store.search(tenant, { ...request, cursor, limit: 3 })).items).toHaveLength(3);
    const others: readonly SearchRequest[] = [
      { ...request, cursor, query: parseQuery('severity >= 0') },
      { ...request, cursor, range: { ...ALL_TIME, from: 0 } },
      { ...request, cursor, order: 'oldest' },
      { ...request, cursor: '' },
      { ...request, cursor: `${cursor}A` },
      { ...request, cursor: cursor.slice(4) },
      { ...request, cursor: 'x'.repeat(10_000) },
    ];
    for (const other of others) {
      expect(await problemOf(store.search(tenant, other))).toBe('invalid_cursor');
    }
    expect(await problemOf(store.search(otherTenant, { ...request, cursor }))).toBe(
      'invalid_cursor',
    );
  },
};

const NUMBERS: SearchCase = {
  name: 'a limit or range outside its bounds is refused',
  async run(laboratory) {
    const { store } = await laboratory.stocked();
    for (const more of [
      { limit: 0 },
      { limit: 201 },
      { limit: 1.5 },
      { range: { from: 2, to: 1 } },
      { range: { from: Number.NaN, to: 1 } },
    ]) {
      const answer = store.search(tenant, laboratory.request(everything, more));
      expect(await problemOf(answer)).toBe('invalid_request');
    }
  },
};

const ISOLATION: SearchCase = {
  name: 'a tenant finds its own documents and no others, whatever it asks',
  async run(laboratory) {
    const specimen = await laboratory.stocked();
    for (const owner of [tenant, otherTenant]) {
      for (const text of ['*', 'not severity:99', 'severity >= 0 or severity < 0']) {
        const request = laboratory.request(parseQuery(text));
        const { items } = await specimen.store.search(owner, request);
        expect(items.length).toBeGreaterThan(4);
        expect(new Set(items.map((item) => item.tenant_id))).toEqual(new Set([owner.tenantId]));
      }
    }
    const mine = (await laboratory.fresh()).store;
    expect((await mine.search(otherTenant, laboratory.request(everything))).items).toEqual([]);
  },
};

/** How rows come: order, range, pages, limits, tenants. */
export const PAGE_CASES: readonly SearchCase[] = [
  ORDER,
  RANGE,
  PAGES,
  GROWING,
  BOUND,
  NUMBERS,
  ISOLATION,
];
