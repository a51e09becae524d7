import { systemWorld } from '@tocsin/kernel/world.ts';
import { describeSearchStore } from '../conformance.ts';
import { DuckDbEventStore } from './duckdb-event-store.ts';

describeSearchStore({
  name: 'DuckDbEventStore',
  collection: 'events',
  async open({ clock, folder }) {
    return DuckDbEventStore.open({
      folder,
      world: { ...systemWorld(), clock },
      formatRawRef: ({ segment }) => segment,
      memoryMb: 256,
    });
  },
});
