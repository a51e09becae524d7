import { once } from 'node:events';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import { MemorySearchStore } from '@tocsin/search/memory/memory-search-store.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { expect, it } from 'vitest';
import { positionAt } from './domain/stream-position.ts';
import { LiveStreams } from './live-streams.ts';

it('ends a stream whose client had gone before it was opened', async () => {
  const clock = new ManualClock();
  const metrics = new Metrics('test');
  const streams = new LiveStreams(clock, metrics);
  const stream = streams.open(
    {
      kind: {
        name: 'event',
        collection: 'events',
        timeField: 'ingested_at',
        idField: 'event_id',
        store: new MemorySearchStore(clock),
        oldestWaiting: async () => undefined,
      },
      tenant: systemContext(parseTenantId('acme-corp'), 'test'),
      query: parseQuery(''),
      start: { position: positionAt(clock.now()) },
      admit: async () => undefined,
    },
    'ada',
    AbortSignal.abort(),
  );
  if (!stream.closed) await once(stream, 'close');
  expect(await metrics.text()).toMatch(/^tocsin_live_streams(\{[^}]*\})? 0$/m);
});
