import type { Route } from '@tocsin/http/route.ts';
import { FairSlots } from '@tocsin/limits/fair-slots.ts';
import type { Metrics } from '@tocsin/telemetry/metrics.ts';
import type { Dispatcher } from 'undici';
import { InFlightBytes } from './domain/in-flight.ts';
import { forwardRoute } from './routes/forward.ts';
import { jwksRoute } from './routes/jwks.ts';

/** Bytes of ingest bodies on their way to the data process at once. */
export const IN_FLIGHT_BYTES_MAX = 64 * 1024 * 1024;
/** Requests to the data process at once; it needs as many connections. A tenant alone gets half of them. */
export const FORWARDED_AT_ONCE_MAX = 128;
/** Largest ingest body; data has the same limit. */
const BODY_BYTES_MAX = 10 * 1024 * 1024;

/** What the gateway needs from the process it runs in. */
export interface GatewayDeps {
  readonly data: Dispatcher;
  readonly metrics: Metrics;
  readonly keys: () => Promise<readonly object[]>;
}

/** The outer face of the product: forwards ingest, shows keys. All other routes are the services' own. */
export function createGateway(deps: GatewayDeps): { name: string; routes: readonly Route[] } {
  const refused = deps.metrics.counter({
    name: 'tocsin_gateway_in_flight_refused_total',
    help: 'Ingest requests refused because too many bytes were on their way',
    labels: [],
  });
  const forwarding = {
    data: deps.data,
    inFlight: new InFlightBytes(IN_FLIGHT_BYTES_MAX, () => refused.add({})),
    slots: new FairSlots(FORWARDED_AT_ONCE_MAX),
  };
  const ingest = {
    tags: ['ingest'],
    permission: 'events:write',
    bodyBytesMax: BODY_BYTES_MAX,
  } as const;
  return {
    name: 'api-gateway',
    routes: [
      forwardRoute(forwarding, {
        ...ingest,
        method: 'POST',
        path: '/v1/ingest/events',
        operationId: 'ingestEvents',
        summary: 'Accept canonical events: one object, an array, or one a line',
        responses: { 202: undefined },
      }),
      forwardRoute(forwarding, {
        ...ingest,
        method: 'POST',
        path: '/v1/ingest/raw',
        operationId: 'ingestRaw',
        summary: 'Accept raw log lines, one event a line',
        responses: { 202: undefined },
      }),
      forwardRoute(forwarding, {
        ...ingest,
        method: 'GET',
        path: '/v1/ingest/receipts/{id}',
        operationId: 'getReceipt',
        summary: 'Tell what became of the items of an accepted request',
        responses: { 200: undefined },
      }),
      jwksRoute(deps.keys),
    ],
  };
}
