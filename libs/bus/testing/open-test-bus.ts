import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOG_TOPICS, WORK_TOPICS } from '@tocsin/contracts/topic.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { systemWorld, type World } from '@tocsin/kernel/world.ts';
import type { BusTestLimits, OpenedBus } from '../conformance/bus-case.ts';
import type { EventBus } from '../event-bus.ts';
import type { LmdbEventBus } from '../lmdb/lmdb-event-bus.ts';
import { openLmdbEventBus } from '../lmdb/open-lmdb-event-bus.ts';
import { openRemoteEventBus } from '../remote/remote-event-bus.ts';
import { serveEventBus } from '../remote/serve-event-bus.ts';

/** Token of the one process that a test server knows. */
export const TEST_TOKEN = 'a-token-of-at-least-32-characters-for-tests';

/** A disk that never fills: the machine's own fill level is not what these tests are about. */
export const roomyDisk = async () => ({ freeBytes: 50, totalBytes: 100 });

/** The embedded bus on a temporary folder, with a clock that the test moves. */
export async function openLmdbTestBus(limits: BusTestLimits): Promise<OpenedBus> {
  const { folder, world, clock } = await makeTestWorld();
  let bus = await openEmbedded(folder, world, limits);
  return {
    bus,
    clock,
    reopen: async () => {
      await bus.close();
      bus = await openEmbedded(folder, world, limits);
      return bus;
    },
    dispose: async () => {
      await bus.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The same bus, reached from "another process" over a unix socket. */
export async function openRemoteTestBus(limits: BusTestLimits): Promise<OpenedBus> {
  const { folder, world, clock } = await makeTestWorld();
  const socketPath = join(folder, 'bus.sock');
  let served = await serve(folder, socketPath, world, limits);
  let bus: EventBus = await openRemoteEventBus({ socketPath, token: TEST_TOKEN, world });
  return {
    bus,
    clock,
    reopen: async () => {
      await bus.close();
      await served.close();
      served = await serve(folder, socketPath, world, limits);
      bus = await openRemoteEventBus({ socketPath, token: TEST_TOKEN, world });
      return bus;
    },
    dispose: async () => {
      await bus.close();
      await served.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function makeTestWorld(): Promise<{ folder: string; world: World; clock: ManualClock }> {
  const clock = new ManualClock();
  const folder = await mkdtemp(join(tmpdir(), 'bus-'));
  return { folder, clock, world: { ...systemWorld(), clock } };
}

function openEmbedded(folder: string, world: World, limits: BusTestLimits): Promise<LmdbEventBus> {
  const onFatal = (error: Error): void => {
    throw error;
  };
  return openLmdbEventBus({ folder, world, onFatal, readDiskSpace: roomyDisk, ...limits });
}

async function serve(
  folder: string,
  socketPath: string,
  world: World,
  limits: BusTestLimits,
): Promise<{ close(): Promise<void> }> {
  const bus = await openEmbedded(folder, world, limits);
  const topics = [...LOG_TOPICS, ...WORK_TOPICS];
  const grants = { publish: topics, consume: topics };
  const credentials = [{ name: 'control', token: TEST_TOKEN, grants }];
  const handle = serveEventBus(bus, { credentials, random: world.random });
  const server = createServer((request, response) => void handle(request, response));
  await listen(server, socketPath);
  return {
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await bus.close();
    },
  };
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}
