import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { EventBus } from '@tocsin/bus/event-bus.ts';
import type { Frame } from '@tocsin/bus/frame.ts';
import type { LmdbEventBus } from '@tocsin/bus/lmdb/lmdb-event-bus.ts';
import { openLmdbEventBus } from '@tocsin/bus/lmdb/open-lmdb-event-bus.ts';
import { Collector } from '@tocsin/bus/testing/collector.ts';
import { roomyDisk } from '@tocsin/bus/testing/open-test-bus.ts';
import {
  type TestServer,
  type TestServerOptions,
  testServer,
} from '@tocsin/http/testing/test-server.ts';
import { deriveEventIds } from '@tocsin/kernel/derived-id.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FrameOutcome } from './domain/receipt-state.ts';
import { createIngestService } from './service.ts';

const PLAN_CALL =
  '{"category":"auth","actor":{"id":"user123"},"attributes":{"failed_login_count":1}}';
const world = systemWorld();
let folder = '';
let bus: LmdbEventBus;
let up: TestServer;
let outcomes: FrameOutcome[];
let counted: Record<string, number>;
/** What the bus refuses a publish with, if it does. */
let refusal: () => Problem | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-ingest-'));
  outcomes = [];
  counted = {};
  refusal = () => undefined;
  bus = await openLmdbEventBus({
    folder,
    world,
    onFatal: (error) => {
      throw error;
    },
    readDiskSpace: roomyDisk,
  });
  up = await testServer(createIngestService(serviceDeps()).routes);
});
afterEach(async () => {
  await up.server.close();
  await bus.close();
  await rm(folder, { recursive: true });
});

function serviceDeps(): Parameters<typeof createIngestService>[0] {
  const count = (name: string, by: number): void => {
    counted[name] = (counted[name] ?? 0) + by;
  };
  const publish = async (frames: readonly Frame[]): Promise<void> => {
    const problem = refusal();
    if (problem !== undefined) throw problem;
    await bus.publish(frames);
  };
  return {
    bus: { publish } as Pick<EventBus, 'publish'> as EventBus,
    world,
    receiptKey: randomBytes(32),
    findOutcomes: async (_tenant, ids) => outcomes.filter(({ frameId }) => ids.includes(frameId)),
    counters: {
      accepted: (items) => count('accepted', items),
      refused: (code, items) => count(`item ${code}`, items),
      refusedRequest: (code) => count(`request ${code}`, 1),
    },
  };
}

interface Sent {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are looked into by matchers
  readonly body: any;
  readonly headers: Record<string, unknown>;
}

async function send(
  url: string,
  payload: string | Buffer,
  headers: Record<string, string> = {},
  caller: Parameters<TestServer['headers']>[0] = {},
): Promise<Sent> {
  const answer = await up.server.app.inject({
    method: 'POST',
    url,
    payload,
    headers: { ...(await up.headers(caller)), ...headers },
  });
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
}

async function receipt(id: string, tenant = 'acme-corp'): Promise<Sent> {
  const headers = await up.headers({ tenant });
  const answer = await up.server.app.inject({ url: `/v1/ingest/receipts/${id}`, headers });
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
}

/** Whoever comes, a key that may send as one source only. */
function boundTo(source: string): NonNullable<TestServerOptions['verifierOf']> {
  const scopes = ['events:write'] as const;
  const tenantId = parseTenantId('acme-corp');
  const expiresAt = world.clock.now() + 60_000;
  const principal = {
    subject: 'key:1',
    tenantId,
    role: 'service',
    scopes,
    expiresAt,
    source,
  } as const;
  return () => ({ verify: () => principal });
}

/** Frames on the bus, once there are so many items. */
async function framesOf(items: number): Promise<Frame[]> {
  const collector = new Collector();
  const consumer = await bus.consumeLog('raw.events', 'checker', collector);
  await collector.until(() => collector.lines.length >= items);
  await consumer.stop();
  return collector.entries.map(({ frame }) => frame);
}

describe('POST /v1/ingest/events', () => {
  it.each([
    ['no content type', {}],
    ['the content type of curl -d', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['JSON', { 'content-type': 'application/json; charset=utf-8' }],
  ])('takes the call of the plan with %s (A-040): 202 with the id of the event', async (_what, headers) => {
    const { status, body } = await send('/v1/ingest/events', PLAN_CALL, headers);
    expect([status, body.status, body.accepted]).toEqual([202, 'accepted', 1]);
    const [frame] = await framesOf(1);
    expect(frame?.body.toString()).toBe(PLAN_CALL);
    expect(frame).toMatchObject({
      tenantId: 'acme-corp',
      contentType: 'application/x-tocsin-events',
      count: 1,
    });
    expect(body.event_id).toBe(deriveEventIds(parseTenantId('acme-corp'), frame?.id ?? '')(0));
    expect(counted).toEqual({ accepted: 1 });
  });

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('takes a batch in %s', async (encoding, compress) => {
    const { status, body } = await send(
      '/v1/ingest/events',
      compress(`[${PLAN_CALL},${PLAN_CALL}]`),
      {
        'content-encoding': encoding,
      },
    );
    expect([status, body.accepted, body.event_id]).toEqual([202, 2, undefined]);
  });

  it('answers a batch item by item: the good ones are taken, each bad one is named', async () => {
    const { status, body } = await send(
      '/v1/ingest/events',
      `[${PLAN_CALL},{"category":"no"},${PLAN_CALL}]`,
    );
    expect(status).toBe(202);
    expect(body).toMatchObject({
      status: 'partial',
      accepted: 2,
      refused: 1,
      refusals: [{ index: 1, status: 400, code: 'invalid_request', pointer: '/category' }],
    });
    expect(counted).toEqual({ accepted: 2, 'item invalid_request': 1 });
  });

  it('refuses a batch of which nothing is good, and puts nothing on the bus', async () => {
    const { status, body } = await send('/v1/ingest/events', '[{"category":"no"},{}]');
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'invalid_request',
      refused: 2,
      errors: [{ pointer: '/0/category' }],
    });
    expect(counted).toEqual({ 'item invalid_request': 2, 'request invalid_request': 1 });
    expect(bus.counters.publishedFrames).toBe(0);
  });

  it('lists a hundred refusals and counts all', async () => {
    const { body } = await send('/v1/ingest/events', `[${PLAN_CALL}${',{}'.repeat(150)}]`);
    expect([body.refused, body.refusals.length]).toEqual([150, 100]);
  });

  it.each([
    ['malformed JSON', '{"category":', {}, 400, 'malformed_json'],
    ['no category (X-02)', '{}', {}, 400, 'invalid_request'],
    ['an empty body', '', {}, 400, 'invalid_request'],
    ['an unknown encoding', PLAN_CALL, { 'content-encoding': 'lzma' }, 415, 'unsupported_encoding'],
    ['damaged gzip', 'not gzip', { 'content-encoding': 'gzip' }, 400, 'invalid_request'],
    [
      'a bomb',
      gzipSync(Buffer.alloc(21 * 1024 * 1024)),
      { 'content-encoding': 'gzip' },
      413,
      'body_too_large',
    ],
    ['a body over 10 MB', Buffer.alloc(10 * 1024 * 1024 + 1, 'x'), {}, 413, 'body_too_large'],
    ['a bad idempotency key', PLAN_CALL, { 'idempotency-key': 'a b' }, 400, 'invalid_request'],
    [
      'another tenant in the header',
      PLAN_CALL,
      { 'x-tenant-id': 'globex' },
      403,
      'tenant_mismatch',
    ],
    ['no tenant header', PLAN_CALL, { 'x-tenant-id': '' }, 400, 'tenant_header_missing'],
    ['no token', PLAN_CALL, { authorization: '' }, 401, 'unauthenticated'],
  ])('refuses %s by a problem, and does nothing by half', async (_what, payload, headers, status, code) => {
    const answer = await send('/v1/ingest/events', payload, headers);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(bus.counters.publishedFrames).toBe(0);
  });

  it('refuses a role that may not write, and another method', async () => {
    expect((await send('/v1/ingest/events', PLAN_CALL, {}, { role: 'auditor' })).status).toBe(403);
    const answer = await up.server.app.inject({
      method: 'PUT',
      url: '/v1/ingest/events',
      headers: await up.headers(),
    });
    expect(answer.statusCode).toBe(405);
  });

  it('passes a refusal of the bus on, with when to try again', async () => {
    refusal = () => new Problem('too_many_requests', { retryAfterSeconds: 7 });
    const { status, headers } = await send('/v1/ingest/events', PLAN_CALL);
    expect([status, headers['retry-after']]).toEqual([429, '7']);
    expect(counted).toEqual({ 'request too_many_requests': 1 });
  });

  it('never answers 202 for what is not on the bus, whichever publish fails', async () => {
    for (let k = 0; k < 6; k += 1) {
      let calls = 0;
      refusal = () =>
        calls++ === k ? new Problem('storage_full', { retryAfterSeconds: 30 }) : undefined;
      const before = bus.counters.publishedEvents;
      const statuses: number[] = [];
      for (let n = 0; n < 6; n += 1)
        statuses.push((await send('/v1/ingest/events', PLAN_CALL)).status);
      expect(statuses).toEqual([0, 1, 2, 3, 4, 5].map((n) => (n === k ? 503 : 202)));
      expect(bus.counters.publishedEvents - before).toBe(5);
    }
  });

  it('lets requests of the same moment share frames: fewer writes than requests', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => send('/v1/ingest/events', PLAN_CALL)),
    );
    expect(answers.every(({ status }) => status === 202)).toBe(true);
    expect(new Set(answers.map(({ body }) => body.event_id)).size).toBe(60);
    expect(bus.counters.publishedEvents).toBe(60);
    expect(bus.counters.publishedFrames).toBeLessThan(60);
  });

  it('makes the same frame of a request that is sent again under its key', async () => {
    const key = { 'idempotency-key': 'batch-1' };
    const first = await send('/v1/ingest/events', PLAN_CALL, key);
    const again = await send('/v1/ingest/events', PLAN_CALL, key);
    expect(again.body.event_id).toBe(first.body.event_id);
    const ids = (await framesOf(2)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(1);
  });
});

describe('POST /v1/ingest/raw', () => {
  it('takes lines as they are, with a hint what they are', async () => {
    const { status, body } = await send('/v1/ingest/raw?source=linux_auth', 'one\ntwo \n');
    expect([status, body.accepted]).toEqual([202, 2]);
    const [frame] = await framesOf(2);
    expect(frame).toMatchObject({ contentType: 'text/plain', sourceHint: 'linux_auth', count: 2 });
    expect(frame?.body.toString()).toBe('one\ntwo ');
  });

  it('takes lines of one source only from a key that is bound to it', async () => {
    await up.server.close();
    up = await testServer(createIngestService(serviceDeps()).routes, {
      verifierOf: boundTo('zeek'),
    });
    const statusOf = async (url: string) => (await send(url, PLAN_CALL)).status;
    expect(await statusOf('/v1/ingest/raw')).toBe(202);
    expect(await statusOf('/v1/ingest/raw?source=zeek')).toBe(202);
    expect(await statusOf('/v1/ingest/raw?source=linux_auth')).toBe(403);
    expect(await statusOf('/v1/ingest/raw?wrapped=true')).toBe(403);
    expect(await statusOf('/v1/ingest/events')).toBe(403);
    const frames = await framesOf(2);
    expect(frames.every(({ sourceHint }) => sourceHint === 'zeek')).toBe(true);
  });

  it('takes wrapped lines', async () => {
    const line = '{"raw":"a","source":"zeek"}';
    expect((await send('/v1/ingest/raw?wrapped=true', `${line}\n${line}`)).status).toBe(202);
    const [frame] = await framesOf(2);
    expect(frame).toMatchObject({ contentType: 'application/x-tocsin-wrapped', count: 2 });
  });

  it.each([
    '/v1/ingest/raw?source=../x',
    '/v1/ingest/raw?source=A',
    '/v1/ingest/raw?sauce=x',
    '/v1/ingest/raw?wrapped=maybe',
  ])('refuses %s', async (url) => {
    expect((await send(url, 'line')).status).toBe(400);
  });
});

describe('GET /v1/ingest/receipts/{id}', () => {
  it('says pending, then what became of the items', async () => {
    const { body } = await send('/v1/ingest/raw', 'one\ntwo\nthree');
    const none = {
      accepted: 3,
      stored: 0,
      duplicate: 0,
      dead_lettered: 0,
      parse_failed: 0,
      pending: 3,
    };
    expect((await receipt(body.receipt)).body).toEqual(none);
    const [frame] = await framesOf(3);
    outcomes = [
      { frameId: frame?.id ?? '', count: 3, duplicates: [0], deadLetters: [1], parseFailures: [2] },
    ];
    expect((await receipt(body.receipt)).body).toEqual({
      ...none,
      stored: 1,
      duplicate: 1,
      dead_lettered: 1,
      parse_failed: 1,
      pending: 0,
    });
  });

  it('is not found by another tenant, nor when it is made up', async () => {
    const { body } = await send('/v1/ingest/raw', 'one');
    expect((await receipt(body.receipt, 'globex')).status).toBe(404);
    const changed = body.receipt.at(-10) === 'A' ? 'B' : 'A';
    const madeUp = `${body.receipt.slice(0, -10)}${changed}${body.receipt.slice(-9)}`;
    expect((await receipt(madeUp)).status).toBe(404);
    expect((await receipt('x')).status).toBe(404);
  });

  it('works for the largest request there can be', async () => {
    const line = 'x'.repeat(256 * 1024);
    const lines = Array.from({ length: 79 }, () => line).join('\n');
    const { status, body } = await send('/v1/ingest/raw', zstdCompressSync(lines), {
      'content-encoding': 'zstd',
    });
    expect(status).toBe(202);
    expect((await receipt(body.receipt)).body).toMatchObject({ accepted: 79, pending: 79 });
  });
});
