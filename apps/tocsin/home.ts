import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where everything of one installation lies. One home is one product: one supervisor may run on it at a time. */
export interface Home {
  readonly root: string;
  /** Sockets, lock and per-start credentials; emptied at each start. */
  readonly run: string;
  /** Signing key of the local issuer and other long-lived secrets. */
  readonly keys: string;
  readonly logs: string;
  /** Newest signed head of each audit chain. */
  readonly auditHeads: string;
  /** Compiled code of the processes: they start in half the time. May be removed. */
  readonly cache: string;
  readonly lockFile: string;
  readonly processesFile: string;
  readonly adminSocket: string;
  readonly dataSocket: string;
  /** Bus and event store of the data process, for the other processes. */
  readonly internalSocket: string;
  readonly internalTokenFile: string;
  readonly databaseFile: string;
}

/** What decides where the default home is. */
export interface HomeSurroundings {
  readonly tocsinHome: string | undefined;
  readonly uid: number;
  readonly userHome: string;
}

/** The folder of the user who runs this process, with the settings of its environment. */
export function surroundings(): HomeSurroundings {
  return {
    tocsinHome: process.env.TOCSIN_HOME,
    uid: process.getuid?.() ?? -1,
    userHome: homedir(),
  };
}

/**
 * `TOCSIN_HOME`; else for root `/var/lib/tocsin`, because PostgreSQL refuses root and the user it runs under
 * must reach the folder, which it cannot below `/root`; else `~/.local/share/tocsin`.
 */
export function defaultHomePath(around: HomeSurroundings): string {
  if (around.tocsinHome !== undefined && around.tocsinHome !== '')
    return resolve(around.tocsinHome);
  if (around.uid === 0) return '/var/lib/tocsin';
  return join(around.userHome, '.local', 'share', 'tocsin');
}

/** Names the files of a home. Creates nothing. */
export function homeAt(path: string): Home {
  const root = resolve(path);
  const run = join(root, 'run');
  return {
    root,
    run,
    keys: join(root, 'keys'),
    logs: join(root, 'logs'),
    auditHeads: join(root, 'audit'),
    cache: join(root, 'cache'),
    lockFile: join(run, 'supervisor.lock'),
    processesFile: join(run, 'processes.json'),
    adminSocket: join(run, 'admin.sock'),
    dataSocket: join(run, 'data.sock'),
    internalSocket: join(run, 'internal.sock'),
    internalTokenFile: join(run, 'internal.token'),
    databaseFile: join(run, 'database.json'),
  };
}

/** Longest path of a unix socket on every system we run on (macOS 104 bytes with the ending NUL, Linux 108). */
export const SOCKET_PATH_BYTES_MAX = 103;

/** Says whether the sockets of a home have paths short enough for the system. */
export function socketsFit(home: Home): boolean {
  // PostgreSQL's own name is the longest: <home>/run/.s.PGSQL.65535
  return Buffer.byteLength(join(home.run, '.s.PGSQL.65535')) <= SOCKET_PATH_BYTES_MAX;
}
