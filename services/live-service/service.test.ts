import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import { type TestServer, testServer } from '@tocsin/http/testing/test-server.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { MemorySearchStore } from '@tocsin/search/memory/memory-search-store.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { STREAM_LIMITS } from './domain/stream-slots.ts';
import { SLOW_READER_MS } from './live-streams.ts';
import { createLiveService } from './service.ts';

let clock: ManualClock;
let store: MemorySearchStore;
let metrics: Metrics;
let service: ReturnType<typeof createLiveService>;
let api: TestServer;
let port: number;

beforeEach(async () => {
  clock = new ManualClock();
  store = new MemorySearchStore(clock);
  metrics = new Metrics('test');
  const world = { ...systemWorld(), clock };
  service = createLiveService({
    events: store,
    alerts: store,
    oldestWaiting: async () => undefined,
    admit: async () => undefined,
    world,
    metrics,
  });
  api = await testServer(service.routes, { world, metrics });
  port = await api.server.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  service.close();
  const closing = api.server.close(0);
  await clock.advance(1);
  await closing;
});

async function open(path: string, tenant = 'acme-corp', subject = 'ada'): Promise<IncomingMessage> {
  const headers = await api.headers({ tenant, subject });
  const request = get({ host: '127.0.0.1', port, path, headers });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return answer;
}

/** Reads until a text has come. */
async function readUntil(answer: IncomingMessage, wanted: string): Promise<string> {
  let text = '';
  while (!text.includes(wanted)) {
    if (answer.readableLength === 0) await once(answer, 'readable');
    const chunk: unknown = answer.read();
    text += chunk === null ? '' : String(chunk);
  }
  return text;
}

async function receive(tenant: string, message: string, padding = ''): Promise<void> {
  const owner = systemContext(parseTenantId(tenant), 'test');
  const event = {
    tenant_id: tenant,
    event_id: crypto.randomUUID(),
    timestamp: new Date(clock.now()).toISOString(),
    ingested_at: new Date(clock.now()).toISOString(),
    severity: 5,
    message,
    attributes: { padding },
  };
  await store.put(owner, 'events', event.event_id, event);
}

async function counted(line: string): Promise<boolean> {
  return (await metrics.text()).includes(line);
}

describe('GET /v1/events/stream', () => {
  it("sends a tenant's events as they come, and no other tenant's", async () => {
    const answer = await open('/v1/events/stream?q=severity%3E3');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    await readUntil(answer, 'event: open');
    await receive('umbrella', 'secret-of-others');
    await receive('acme-corp', 'ours');
    await clock.advance(3000);
    const text = await readUntil(answer, 'ours');
    expect(text).not.toContain('secret-of-others');
    answer.destroy();
  });

  it('answers a faulty search by 400, not by a stream', async () => {
    const answer = await open('/v1/events/stream?q=nobody:x');
    expect(answer.statusCode).toBe(400);
    expect(await readUntil(answer, '}')).toContain('invalid_query');
  });

  it('refuses more streams of one person than allowed, and takes one again when one is closed', async () => {
    const answers: IncomingMessage[] = [];
    for (let index = 0; index < STREAM_LIMITS.principal; index += 1) {
      answers.push(await open('/v1/alerts/stream'));
    }
    expect((await open('/v1/events/stream')).statusCode).toBe(429);
    expect((await open('/v1/events/stream', 'acme-corp', 'bob')).statusCode).toBe(200);
    expect(await counted('tocsin_live_refused_total{reason="principal"')).toBe(true);
    const [first] = answers;
    first?.destroy();
    await expect.poll(async () => (await open('/v1/events/stream')).statusCode).toBe(200);
  });

  it('drops a reader who takes nothing, and counts it', async () => {
    const answer = await open('/v1/events/stream');
    await readUntil(answer, 'event: open');
    answer.pause();
    for (let index = 0; index < 60; index += 1) {
      await receive('acme-corp', `large ${index}`, 'x'.repeat(500_000));
    }
    await clock.advance(3000);
    await expect
      .poll(async () => {
        await clock.advance(SLOW_READER_MS);
        return counted('tocsin_live_ended_total{kind="event",reason="slow_reader"');
      })
      .toBe(true);
    answer.destroy();
  });

  it('ends every stream when the process stops', async () => {
    const answer = await open('/v1/events/stream');
    await readUntil(answer, 'event: open');
    const closed = once(answer, 'close');
    answer.resume();
    answer.on('error', () => undefined);
    service.close();
    await closed;
    expect(await counted('tocsin_live_ended_total{kind="event",reason="stopping"')).toBe(true);
  });
});
