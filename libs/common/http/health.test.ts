import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { describe, expect, it } from 'vitest';
import { healthRoutes, READINESS_TIMEOUT_MS, type ReadinessCheck } from './health.ts';
import { testServer } from './testing/test-server.ts';

const ok = (name: string): ReadinessCheck => ({
  name,
  check: async () => ({ status: 'ok', detail: 'works' }),
});
const unknown: ReadinessCheck = {
  name: 'bus',
  check: async () => ({ status: 'unknown', detail: 'cannot be asked' }),
};
const broken: ReadinessCheck = {
  name: 'store',
  check: async () => {
    throw new Error('disk gone');
  },
};

async function ready(checks: readonly ReadinessCheck[]) {
  const metrics = new Metrics('data');
  const routes = healthRoutes({
    service: 'data',
    version: '1.2.3',
    checks,
    metrics,
    world: systemWorld(),
  });
  const { server } = await testServer(routes, { metrics });
  return server.app;
}

describe('health', () => {
  it('says that the process answers, without a token (Resolution 25)', async () => {
    const app = await ready([]);
    expect((await app.inject('/health')).json()).toEqual({
      status: 'ok',
      service: 'data',
      version: '1.2.3',
    });
  });

  it('is ready while no check fails', async () => {
    const reply = await (await ready([ok('database'), unknown])).inject('/ready');
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toEqual({
      status: 'ok',
      service: 'data',
      version: '1.2.3',
      checks: [
        { name: 'database', status: 'ok', detail: 'works' },
        { name: 'bus', status: 'unknown', detail: 'cannot be asked' },
      ],
    });
  });

  it('is not ready when a check fails, and says which', async () => {
    const reply = await (await ready([ok('database'), broken])).inject('/ready');
    expect(reply.statusCode).toBe(503);
    expect(reply.json().checks[1]).toEqual({ name: 'store', status: 'fail', detail: 'disk gone' });
  });

  it('asks each part once for callers who come together', async () => {
    let asked = 0;
    let came = 0;
    const together = Promise.withResolvers<void>();
    const counted: ReadinessCheck = {
      name: 'database',
      check: async () => {
        asked += 1;
        await together.promise;
        return { status: 'ok', detail: 'works' };
      },
    };
    const app = await ready([counted]);
    app.addHook('preHandler', async () => {
      came += 1;
      if (came === 20) setImmediate(together.resolve);
    });
    await Promise.all(Array.from({ length: 20 }, () => app.inject('/ready')));
    expect(asked).toBe(1);
    await app.inject('/ready');
    expect(asked).toBe(2);
  });

  it('does not wait for a check that hangs', async () => {
    const clock = new ManualClock();
    const hangs: ReadinessCheck = { name: 'store', check: () => new Promise(() => undefined) };
    const world = { ...systemWorld(), clock };
    const metrics = new Metrics('data');
    const [, route] = healthRoutes({
      service: 'data',
      version: '1',
      checks: [hangs],
      metrics,
      world,
    });
    if (route?.scope !== 'public') throw new Error('the ready route is public');
    const reply = route.handle({} as never);
    await clock.advance(READINESS_TIMEOUT_MS);
    expect(await reply).toMatchObject({ status: 503, body: { checks: [{ status: 'fail' }] } });
  });

  it('counts requests by operation and status at /metrics (X-04)', async () => {
    const app = await ready([]);
    await app.inject('/health');
    await app.inject('/nowhere');
    const reply = await app.inject('/metrics');
    expect(reply.headers['content-type']).toContain('text/plain');
    expect(reply.body).toContain(
      'tocsin_http_requests_total{operation="getHealth",status="200",service="data"} 1',
    );
    expect(reply.body).toContain(
      'tocsin_http_requests_total{operation="none",status="404",service="data"} 1',
    );
    expect(reply.body).toContain(
      'tocsin_http_request_seconds_count{service="data",operation="getHealth"} 1',
    );
  });
});
