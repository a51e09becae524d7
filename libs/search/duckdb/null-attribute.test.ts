import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import { describe, expect, it } from 'vitest';
import { eventDocument } from '../conformance/event-documents.ts';
import { tenant } from '../conformance/laboratory.ts';
import { ALL_TIME } from '../search-store.ts';
import { DuckDbEventStore } from './duckdb-event-store.ts';

describe('an attribute whose flat key is null', () => {
  it.each([
    'plain',
    '{looks like an object',
    '[looks like a list',
  ])('is found by the nested value %s', async (value) => {
    const folder = await mkdtemp(join(tmpdir(), 'tocsin-null-'));
    const formatRawRef = (): string => '';
    const store = await DuckDbEventStore.open({ folder, world: systemWorld(), formatRawRef });
    const document = eventDocument('null', { attributes: { 'b.c': null, b: { c: value } } });
    await store.append(tenant, 'events', [document], { source: 's', offset: 1 });
    for (const text of ['attributes.b.c:*', `attributes.b.c:"${value}"`]) {
      const request = {
        collection: 'events',
        query: parseQuery(text),
        range: ALL_TIME,
        limit: 1,
      } as const;
      expect((await store.search(tenant, request)).items, text).toHaveLength(1);
    }
    await store.close();
  });
});
