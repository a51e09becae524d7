import type { EventBus } from '@tocsin/bus/event-bus.ts';
import type { Route } from '@tocsin/http/route.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { FrameCoalescer } from './domain/frame-coalescer.ts';
import type { IngestCounters } from './ingest-counters.ts';
import { getReceiptRoute, type ReceiptDeps } from './routes/get-receipt.ts';
import { ingestEventsRoute } from './routes/ingest-events.ts';
import { ingestRawRoute } from './routes/ingest-raw.ts';

/** What ingest needs from the process it runs in. */
export interface IngestServiceDeps extends ReceiptDeps {
  readonly bus: EventBus;
  readonly world: World;
  readonly counters: IngestCounters;
}

/** Takes events in: authenticated, split into items, durable before the answer (design 3.1). */
export function createIngestService(deps: IngestServiceDeps): {
  name: string;
  routes: readonly Route[];
} {
  const coalescer = new FrameCoalescer(deps.bus, deps.world);
  const accepting = { coalescer, receiptKey: deps.receiptKey, counters: deps.counters };
  return {
    name: 'ingest-service',
    routes: [ingestEventsRoute(accepting), ingestRawRoute(accepting), getReceiptRoute(deps)],
  };
}
