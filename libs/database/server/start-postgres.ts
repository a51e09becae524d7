import * as fs from 'node:fs/promises';
import { sleep } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { systemWorld, type World } from '@tocsin/kernel/world.ts';
import type { DatabaseLog } from '../log.ts';
import { singleClient } from '../single-client.ts';
import { writeAccessFiles } from './access-files.ts';
import { installEngine, type PostgresEngine } from './engine.ts';
import { freePort } from './free-port.ts';
import { type ClusterFolders, clusterFolders, initCluster, SUPERUSER } from './init-cluster.ts';
import { findPostmasterFile } from './postmaster-file.ts';
import { type Account, assertReachable, claimData, postgresAccount } from './run-as.ts';
import { type ServerProcess, spawnServer } from './server-process.ts';
import { serverArguments } from './settings.ts';
import { stopOrphan, stopPostmaster } from './stop-postmaster.ts';

/** The database of the product inside a bundled server: the name that SQL clients of the earlier system use (C-034). */
export const DATABASE_NAME = 'cloudops';
/** What it was called before. */
const FORMER_NAME = 'tocsin';

/** A unix socket's path has at most 107 bytes (`sun_path`); PostgreSQL adds `/.s.PGSQL.<port>`. */
const SOCKET_FOLDER_BYTES_MAX = 88;

/** Recovery after a crash is part of a start. */
const START_MS_MAX = 120_000;
const STEP_MS = 15;

export interface StartPostgresOptions {
  /** Where data, password and socket live. One server at a time: the caller holds a lock on it. */
  readonly folder: string;
  /** Where the programs are copied to, once per version. As root, a folder that any user can enter. */
  readonly engineFolder: string;
  readonly log: DatabaseLog;
  readonly world?: World;
  /** Default 60. */
  readonly connectionsMax?: number;
  /** Default true. False is for tests only: a power cut loses everything. */
  readonly fsync?: boolean;
  /** Write the server's own lines to this file instead of the log; then it may outlive this process. */
  readonly outputFile?: string;
}

/** A running bundled server. */
export interface PostgresServer {
  readonly pid: number;
  /** Superuser, database `cloudops`, over loopback. Secret: it holds the password. */
  readonly url: string;
  readonly port: number;
  /** For `host` of a connection, with `port`; `undefined` when the path is too long for a socket. */
  readonly socketFolder: string | undefined;
  /** Settles when the server process ends, for whatever reason. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Fast shutdown: sessions are ended, everything is on disk when it resolves. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts the bundled PostgreSQL and resolves when it takes connections (first start about 2 s, later 0.1 s).
 * As root it runs under the user `tocsin`, else `nobody`. It is not in our process group, so Ctrl-C in a terminal
 * reaches us first and other processes can finish their work. A server left over from an earlier run is stopped first.
 *
 * @throws Problem `unavailable` with a sentence that says what is wrong with the platform, a folder or the server
 */
export async function startPostgres(options: StartPostgresOptions): Promise<PostgresServer> {
  const world = options.world ?? systemWorld();
  const account = await postgresAccount();
  const engine = await installEngine(options.engineFolder);
  const folders = clusterFolders(options.folder);
  await makeFolders(folders, account);
  if (account !== undefined) {
    await assertReachable(engine.postgres, account);
    await assertReachable(folders.root, account);
  }
  await stopOrphan(folders.data, world.clock, options.log);
  await clearSockets(folders.socket);
  await claimData(folders.data, account);
  const fsync = options.fsync ?? true;
  const password = await initCluster(engine, folders, account, world, fsync);
  const server = await run(engine, folders, account, world, options);
  try {
    await createDatabase(server.port, password);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const url = `postgres://${SUPERUSER}:${password}@127.0.0.1:${server.port}/${DATABASE_NAME}`;
  return { ...server, url };
}

async function makeFolders(folders: ClusterFolders, account: Account | undefined): Promise<void> {
  await fs.mkdir(folders.root, { recursive: true });
  await fs.mkdir(folders.socket, { recursive: true });
  if (account === undefined) {
    await fs.chmod(folders.root, 0o700);
    return;
  }
  await fs.chmod(folders.root, 0o711);
  await fs.chown(folders.socket, account.uid, account.gid);
}

/**
 * Removes sockets and their locks: nobody serves this data now. A power cut can leave a lock without `postmaster.pid`,
 * and its pid may be any process's by then, upon which PostgreSQL would refuse to start.
 */
async function clearSockets(folder: string): Promise<void> {
  for (const name of await fs.readdir(folder)) {
    if (name.startsWith('.s.PGSQL.')) await fs.rm(`${folder}/${name}`, { force: true });
  }
}

async function run(
  engine: PostgresEngine,
  folders: ClusterFolders,
  account: Account | undefined,
  world: World,
  options: StartPostgresOptions,
): Promise<Omit<PostgresServer, 'url'>> {
  const port = await freePort(folders.portFile, world.random);
  const socketFolder =
    Buffer.byteLength(folders.socket) <= SOCKET_FOLDER_BYTES_MAX ? folders.socket : undefined;
  const settings = serverArguments({
    ...(await writeAccessFiles(folders.root)),
    port,
    socketFolder,
    fsync: options.fsync ?? true,
    connectionsMax: options.connectionsMax ?? 60,
  });
  const child = await spawnServer(engine, folders, account, options, settings);
  const stop = async (): Promise<void> => {
    if (!child.hasEnded()) await stopPostmaster(child.pid, world.clock, options.log);
  };
  await ready(folders.data, child, world, stop);
  return { pid: child.pid, port, socketFolder, exited: child.exited, stop };
}

/** Waits for the server's own word in `postmaster.pid` that it takes connections. */
async function ready(
  dataFolder: string,
  child: ServerProcess,
  world: World,
  stop: () => Promise<void>,
): Promise<void> {
  const deadline = world.clock.monotonic() + START_MS_MAX;
  for (;;) {
    const file = await findPostmasterFile(dataFolder);
    if (file?.pid === child.pid && file.status === 'ready') return;
    if (child.hasEnded()) {
      throw new Problem('unavailable', {
        detail: `PostgreSQL ended while it started on ${dataFolder}: ${child.lastWords()}`,
      });
    }
    if (world.clock.monotonic() > deadline) {
      await stop();
      throw new Problem('unavailable', {
        detail: `PostgreSQL did not start on ${dataFolder} within ${START_MS_MAX / 1000} s`,
      });
    }
    await sleep(world.clock, STEP_MS);
  }
}

async function createDatabase(port: number, password: string): Promise<void> {
  const client = singleClient({
    host: '127.0.0.1',
    port,
    user: SUPERUSER,
    password,
    database: 'postgres',
  });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [
      DATABASE_NAME,
    ]);
    if (found.rowCount !== 0) return;
    const former = await client.query('select 1 from pg_database where datname = $1', [
      FORMER_NAME,
    ]);
    await client.query(
      former.rowCount === 0
        ? `create database ${DATABASE_NAME}`
        : `alter database ${FORMER_NAME} rename to ${DATABASE_NAME}`,
    );
  } finally {
    await client.end();
  }
}
