import type { Log } from '@tocsin/telemetry/log.ts';
import { DURATION_BUCKETS, type Metrics } from '@tocsin/telemetry/metrics.ts';
import { traceIdOf } from '@tocsin/telemetry/trace.ts';

/** Status under which requests are counted whose client left first. Never sent. */
export const CLIENT_GONE = 499;

/** What is known of a request when it is answered. */
export interface Answered {
  readonly operationId: string;
  /** True where a line per request would drown the log: raw and public routes. Our own faults are logged all the same. */
  readonly quiet: boolean;
  readonly status: number;
  readonly seconds: number;
  readonly requestId: string;
  readonly traceparent: string;
  readonly tenantId: string | undefined;
  readonly problemCode?: string;
  /** What was thrown, for answers of 500 and above. */
  readonly error?: unknown;
}

/** Counts, times and logs answered requests. */
export class RequestWatch {
  readonly #log: Log;
  readonly #count: (operation: string, status: string) => void;
  readonly #time: (operation: string, seconds: number) => void;

  constructor(log: Log, metrics: Metrics) {
    this.#log = log;
    const requests = metrics.counter({
      name: 'tocsin_http_requests_total',
      help: 'Requests answered, by operation and status',
      labels: ['operation', 'status'],
    });
    const seconds = metrics.histogram({
      name: 'tocsin_http_request_seconds',
      help: 'Time from the head of a request to its answer',
      labels: ['operation'],
      buckets: DURATION_BUCKETS,
    });
    this.#count = (operation, status) => requests.add({ operation, status });
    this.#time = (operation, value) => seconds.at({ operation }).observe(value);
  }

  answered(request: Answered): void {
    this.#count(request.operationId, String(request.status));
    this.#time(request.operationId, request.seconds);
    if (request.problemCode === 'internal') this.#log.error('request failed', fieldsOf(request));
    else if (request.quiet || request.status === CLIENT_GONE) return;
    else if (request.status >= 500) this.#log.warn('request refused', fieldsOf(request));
    else this.#log.info('request answered', fieldsOf(request));
  }
}

function fieldsOf(request: Answered) {
  return {
    action: request.operationId,
    status: request.status,
    request_id: request.requestId,
    trace_id: traceIdOf(request.traceparent),
    duration_ms: Math.round(request.seconds * 100_000) / 100,
    ...(request.tenantId === undefined ? {} : { tenant_id: request.tenantId }),
    ...(request.problemCode === undefined ? {} : { code: request.problemCode }),
    ...(request.error === undefined ? {} : { error: request.error }),
  };
}
