import { describeSearchStore } from '../conformance.ts';
import { MemorySearchStore } from './memory-search-store.ts';

for (const collection of ['events', 'alerts'] as const) {
  describeSearchStore({
    name: 'MemorySearchStore',
    collection,
    open: async ({ clock }) => new MemorySearchStore(clock),
  });
}
