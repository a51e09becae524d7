import { afterAll, describe, it } from 'vitest';
import { COUNT_CASES } from './conformance/count-cases.ts';
import {
  Laboratory,
  type SampledCollection,
  type SearchStoreSubject,
} from './conformance/laboratory.ts';
import { PAGE_CASES } from './conformance/page-cases.ts';
import { queryCases } from './conformance/query-cases.ts';
import type { SearchCase } from './conformance/search-case.ts';
import { WRITE_CASES } from './conformance/write-cases.ts';
import type { SearchStoreCapabilities } from './search-store.ts';

/** Every case of the contract of `SearchStore` for a collection. */
export function searchStoreCases(collection: SampledCollection): readonly SearchCase[] {
  return [...queryCases(collection), ...PAGE_CASES, ...COUNT_CASES, ...WRITE_CASES];
}

/** Says whether a store with these capabilities promises what a case checks. */
export function promises(capabilities: SearchStoreCapabilities, { needs }: SearchCase): boolean {
  if (needs === undefined) return true;
  if (capabilities.readOnly) return false;
  return needs === 'writes' || capabilities.durable !== 'none';
}

/**
 * The conformance suite of the port `SearchStore`: an adapter's test calls it with how a store is opened.
 * The store's own capabilities decide which cases apply; an adapter's test cannot switch one off.
 */
export function describeSearchStore(subject: SearchStoreSubject): void {
  describe(`${subject.name} keeps the contract of SearchStore for ${subject.collection}`, () => {
    const laboratory = new Laboratory(subject);
    afterAll(() => laboratory.close());
    it.for(searchStoreCases(subject.collection))('$name', async (searchCase, { skip }) => {
      const { store } = await laboratory.stocked();
      skip(!promises(store.capabilities, searchCase), 'the store does not promise this');
      await searchCase.run(laboratory);
    });
  });
}
