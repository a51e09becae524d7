import { sleep } from '@tocsin/kernel/clock.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { Metrics } from '@tocsin/telemetry/metrics.ts';
import Type from 'typebox';
import { publicRoute, type Route } from './route.ts';

/** What one part says of itself. `unknown`: it could not be asked, or it cannot say; the detail tells which. */
export interface Readiness {
  readonly status: 'ok' | 'fail' | 'unknown';
  /** One sentence for the operator. Shown to anyone: no names of tenants, no secrets. */
  readonly detail: string;
}

/** A part that `/ready` asks. */
export interface ReadinessCheck {
  readonly name: string;
  check(): Promise<Readiness>;
}

/** Longest wait for one check, in milliseconds. */
export const READINESS_TIMEOUT_MS = 2_000;

/** What the health routes tell about. */
export interface HealthSubject {
  readonly service: string;
  readonly version: string;
  readonly checks: readonly ReadinessCheck[];
  readonly metrics: Metrics;
  /** Text of `/metrics`; default: that of `metrics`. */
  readonly metricsText?: () => Promise<string>;
  readonly world: World;
}

/**
 * `/health` (the process answers), `/ready` (503 while a check fails; `unknown` alone does not) and `/metrics`.
 * A check that throws fails; one that takes longer than {@link READINESS_TIMEOUT_MS} fails.
 */
export function healthRoutes(subject: HealthSubject): Route[] {
  return [healthRoute(subject), readyRoute(subject), metricsRoute(subject)];
}

function healthRoute({ service, version }: HealthSubject): Route {
  return publicRoute({
    method: 'GET',
    path: '/health',
    operationId: 'getHealth',
    summary: 'Says that the process answers',
    tags: ['meta'],
    responses: {
      200: Type.Object({
        status: Type.Literal('ok'),
        service: Type.String(),
        version: Type.String(),
      }),
    },
    handle: async () => ({ status: 200, body: { status: 'ok', service, version } }),
  });
}

const ReadyBody = Type.Object({
  status: Type.Enum(['ok', 'fail']),
  service: Type.String(),
  version: Type.String(),
  checks: Type.Array(
    Type.Object({
      name: Type.String(),
      status: Type.Enum(['ok', 'fail', 'unknown']),
      detail: Type.String(),
    }),
  ),
});

function readyRoute(subject: HealthSubject): Route {
  const { service, version, world } = subject;
  // Anyone may ask, so callers who ask at the same time share one look at the engines.
  let asking: ReturnType<typeof askAll> | undefined;
  const askOnce = () => {
    asking ??= askAll(subject.checks, world).finally(() => {
      asking = undefined;
    });
    return asking;
  };
  return publicRoute({
    method: 'GET',
    path: '/ready',
    operationId: 'getReady',
    summary: 'Says whether each engine works',
    tags: ['meta'],
    responses: { 200: ReadyBody, 503: ReadyBody },
    handle: async () => {
      const checks = await askOnce();
      const failed = checks.some((one) => one.status === 'fail');
      const body = { status: failed ? 'fail' : 'ok', service, version, checks };
      return { status: failed ? 503 : 200, body };
    },
  });
}

function askAll(checks: readonly ReadinessCheck[], world: World) {
  return Promise.all(checks.map((one) => ask(one, world)));
}

async function ask(part: ReadinessCheck, world: World) {
  const done = new AbortController();
  const late = sleep(world.clock, READINESS_TIMEOUT_MS, done.signal).then(
    (): Readiness => ({ status: 'fail', detail: `no answer in ${READINESS_TIMEOUT_MS} ms` }),
  );
  const asked = part.check().catch(
    (error: unknown): Readiness => ({
      status: 'fail',
      detail: error instanceof Error ? error.message : 'it failed without a reason',
    }),
  );
  const answer = await Promise.race([asked, late]);
  done.abort();
  return { name: part.name, status: answer.status, detail: answer.detail };
}

function metricsRoute({ metrics, metricsText = () => metrics.text() }: HealthSubject): Route {
  return publicRoute({
    method: 'GET',
    path: '/metrics',
    mediaType: 'text/plain',
    operationId: 'getMetrics',
    summary: 'Measurements for Prometheus',
    tags: ['meta'],
    responses: { 200: Type.String() },
    handle: async () => ({
      status: 200,
      headers: { 'content-type': metrics.contentType },
      body: await metricsText(),
    }),
  });
}
