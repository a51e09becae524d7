import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { systemWorld, type World } from '@tocsin/kernel/world.ts';
import { Client } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { advanceUntil, refusalOf } from '../conformance/bus-case.ts';
import { openLmdbEventBus } from '../lmdb/open-lmdb-event-bus.ts';
import { Collector } from '../testing/collector.ts';
import { roomyDisk } from '../testing/open-test-bus.ts';
import { sampleFrame } from '../testing/sample-frame.ts';
import type { BusGrants } from './grants.ts';
import { openRemoteEventBus, type RemoteEventBus } from './remote-event-bus.ts';
import { serveEventBus } from './serve-event-bus.ts';

const TOKEN = 'control-token-control-token-control-token';
const GRANTS: BusGrants = {
  publish: ['secplat.jobs.scan'],
  consume: ['alerts.scored', 'secplat.jobs.scan'],
};

let folder: string;
let socketPath: string;
let clock: ManualClock;
let world: World;
let closing: (() => Promise<void>)[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bus-'));
  socketPath = join(folder, 'bus.sock');
  clock = new ManualClock();
  world = { ...systemWorld(), clock };
  closing = [];
});

afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  await rm(folder, { recursive: true });
});

/** The process that keeps the bus: `stop` ends it as abruptly as a test can. */
async function startData() {
  const onFatal = (error: Error): void => {
    throw error;
  };
  const bus = await openLmdbEventBus({ folder, world, onFatal, readDiskSpace: roomyDisk });
  const credentials = [{ name: 'control', token: TOKEN, grants: GRANTS }];
  const handle = serveEventBus(bus, { credentials, random: world.random });
  const server = createServer(async (incoming, response) => {
    if (!(await handle(incoming, response))) response.writeHead(418).end('another route');
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await bus.close();
  };
  closing.push(stop);
  return { bus, stop };
}

async function connect(token = TOKEN): Promise<RemoteEventBus> {
  const bus = await openRemoteEventBus({ socketPath, token, world, openAttemptsMax: 1 });
  closing.push(() => bus.close());
  return bus;
}

/** One raw request to the socket. */
async function post(path: string, body: Buffer | string, headers = {}, method = 'POST') {
  const client = new Client('http://bus.internal', { socketPath });
  try {
    const answer = await client.request({ path, method, body, headers });
    return { status: answer.statusCode, text: await answer.body.text() };
  } finally {
    await client.close();
  }
}

const scored = (line: string) => sampleFrame([line], { topic: 'alerts.scored' });

describe('RemoteEventBus', () => {
  it('reads on from the committed cursor when the process that keeps the bus was restarted', async () => {
    const first = await startData();
    const remote = await connect();
    const collector = new Collector();
    await remote.consumeLog('alerts.scored', 'correlate', collector);
    await first.bus.publish([scored('a')]);
    await collector.until(() => collector.lines.length === 1);
    await first.stop();
    const second = await startData();
    await second.bus.publish([scored('b')]);
    await advanceUntil({ clock, bus: second.bus }, () => collector.lines.length === 2);
    expect(collector.lines).toEqual(['a', 'b']);
    expect(collector.assignment?.epoch).toBeGreaterThan(1);
  });

  it('takes the lease of its earlier run at once', async () => {
    const { bus } = await startData();
    const dead = await connect();
    await bus.publish([scored('a')]);
    const request = {
      topic: 'alerts.scored',
      group: 'correlate',
      rewindMs: 0,
      waitMs: 0,
      signal: new AbortController().signal,
    } as const;
    const old = await dead.openLog(request);
    expect(await dead.openLog(request)).toBeUndefined();
    const restarted = await connect();
    const session = await restarted.openLog(request);
    expect(session?.epoch).toBe((old?.epoch ?? 0) + 1);
    expect(await refusalOf(async () => old?.renew())).toBe('lease_lost');
    await session?.close();
  });

  it('refuses topics that were not granted', async () => {
    await startData();
    const remote = await connect();
    const consume = (): Promise<unknown> =>
      remote.consumeLog('raw.events', 'pipeline', new Collector());
    expect(await refusalOf(() => remote.publish([sampleFrame()]))).toBe('forbidden');
    expect(await refusalOf(consume)).toBe('forbidden');
    expect(await refusalOf(() => remote.depth('raw.events', 'pipeline'))).toBe('forbidden');
    await remote.publish([sampleFrame(['x'], { topic: 'secplat.jobs.scan' })]);
  });

  it('refuses a wrong token', async () => {
    await startData();
    expect(await refusalOf(() => connect(TOKEN.replace('c', 'C')))).toBe('unauthenticated');
    expect(await refusalOf(() => connect('x'))).toBe('unauthenticated');
  });

  it('says that it is unavailable when nobody listens', async () => {
    expect(await refusalOf(() => connect())).toBe('unavailable');
  });

  it('waits for a process that is not up yet', async () => {
    const opening = openRemoteEventBus({ socketPath, token: TOKEN, world });
    const { bus } = await startData();
    let remote: RemoteEventBus | undefined;
    void opening.then((opened) => {
      remote = opened;
    });
    await advanceUntil({ clock, bus }, () => remote !== undefined);
    await remote?.close();
  });
});

describe('serveEventBus', () => {
  const headers = { authorization: `Bearer ${TOKEN}` };

  it('leaves paths that are not its own to others', async () => {
    await startData();
    expect(await post('/v1/ingest/events', '{}', headers)).toEqual({
      status: 418,
      text: 'another route',
    });
  });

  it.each([
    ['no token', 'depth', '{}', {}, 401],
    ['an unknown operation', 'nothing', '{}', headers, 404],
    ['a name from the prototype', 'constructor', '{}', headers, 404],
    ['a body that is not JSON', 'depth', '{', headers, 400],
    ['a body that is not an object', 'depth', '[]', headers, 400],
    ['an unknown topic', 'depth', '{"topic":"x","group":"a"}', headers, 400],
    ['an illegal group', 'depth', '{"topic":"alerts.scored","group":"A*"}', headers, 400],
    ['records that are cut', 'publish', Buffer.from([0, 0, 1, 0, 1]), headers, 400],
    ['a frame that is corrupt', 'publish', Buffer.from([0, 0, 0, 1, 1]), headers, 400],
    ['a session that does not exist', 'log/renew', '{"session":"x"}', headers, 409],
    [
      'a tenant id with a dot',
      'dead-letters/list',
      '{"topic":"alerts.scored","group":"a","tenant_id":"a.b","limit":1}',
      headers,
      400,
    ],
  ])('answers a problem to %s', async (_name, operation, body, sent, status) => {
    await startData();
    const answer = await post(`/internal/bus/${operation}`, body, sent);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toHaveProperty('code');
  });

  it('answers 405 to another method', async () => {
    await startData();
    expect((await post('/internal/bus/depth', '', headers, 'PUT')).status).toBe(405);
  });
});
