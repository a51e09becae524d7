import { isProblem } from '@tocsin/kernel/problem.ts';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import fc from 'fast-check';
import { expect } from 'vitest';
import { MemorySearchStore } from '../memory/memory-search-store.ts';
import { ALERT_QUERIES } from './alert-queries.ts';
import { arbitraryAlerts, arbitraryEvents } from './arbitrary-document.ts';
import { arbitraryQuery } from './arbitrary-query.ts';
import { EVENT_QUERIES } from './event-queries.ts';
import { type Laboratory, type SampledCollection, tenant } from './laboratory.ts';
import type { SearchCase } from './search-case.ts';

/** Queries that no engine answers: the position of the fault in each. */
const FAULTS: Readonly<Record<SampledCollection, Readonly<Record<string, number>>>> = {
  events: {
    'user:bob': 0,
    'category:auth and Category:auth': 18,
    'severity:loud': 9,
    'severity:5*': 9,
    'severity >= 5.5': 12,
    'message >= 5': 0,
    'actor.name < x': 0,
    'attributes.port > 5': 0,
    'timestamp >= yesterday': 13,
    'timestamp:2026-02-30': 10,
    'event_id:123': 9,
    'src_ip:10.0.0.0/33': 7,
    'attributes.:x': 0,
    'tags > a': 0,
  },
  alerts: {
    'message:x': 0,
    'suppressed:maybe': 11,
    'event_count:many': 12,
    'attributes.a:x': 0,
    'assignee >= x': 0,
  },
};

const QUERIES = { events: EVENT_QUERIES, alerts: ALERT_QUERIES } as const;
const RANDOM_QUERIES = 150;

/** What queries find. */
export function queryCases(collection: SampledCollection): readonly SearchCase[] {
  const table = Object.entries(QUERIES[collection]).map(([text, names]) => ({
    name: `${JSON.stringify(text)} finds ${names.length === 0 ? 'nothing' : names.join(', ')}`,
    async run(laboratory: Laboratory) {
      expect(await laboratory.namesFound(parseQuery(text))).toEqual([...names].sort());
    },
  }));
  const faults = Object.entries(FAULTS[collection]).map(([text, position]) => ({
    name: `${JSON.stringify(text)} is refused at character ${position}`,
    async run(laboratory: Laboratory) {
      const { store } = await laboratory.stocked();
      const fault = await store.search(tenant, laboratory.request(parseQuery(text))).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(isProblem(fault, 'invalid_query') && fault.members.position).toBe(position);
    },
  }));
  return [...table, ...faults, RANDOM];
}

const RANDOM: SearchCase = {
  name: 'any query over any documents finds what the plain evaluation finds',
  async run(laboratory) {
    const { collection } = laboratory.subject;
    const arbitrary = collection === 'events' ? arbitraryEvents : arbitraryAlerts;
    const specimen = await laboratory.fresh();
    const oracle = new MemorySearchStore(specimen.place.clock);
    const [documents = []] = fc.sample(arbitrary('random'), 1);
    await specimen.load(tenant, documents);
    await oracle.append(tenant, collection, documents, { source: 'oracle', offset: 1 });
    const property = fc.asyncProperty(arbitraryQuery(collection), async (query) => {
      const request = laboratory.request(query);
      const found = await specimen.store.search(tenant, request);
      const wanted = await oracle.search(tenant, request);
      expect(found.items.map((item) => laboratory.idOf(item))).toEqual(
        wanted.items.map((item) => laboratory.idOf(item)),
      );
    });
    await fc.assert(property, { numRuns: RANDOM_QUERIES });
  },
};
