import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { messageOf } from '@tocsin/kernel/message-of.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { Random } from '@tocsin/kernel/random.ts';
import { type Home, SOCKET_PATH_BYTES_MAX, socketsFit } from '../home.ts';

/**
 * Makes the folders of a home. As root the home itself may be entered by others (0711), because PostgreSQL runs
 * under another user below it; what is secret lies in folders of mode 0700.
 *
 * @throws Problem `invalid_request` when the path is too long for a socket, `unavailable` when it cannot be written
 */
export async function prepareHome(home: Home, asRoot: boolean): Promise<void> {
  if (!socketsFit(home)) {
    throw new Problem('invalid_request', {
      detail: `the home ${home.root} has too long a path: names of sockets below it may have ${SOCKET_PATH_BYTES_MAX} bytes. Give a shorter one with --home.`,
    });
  }
  try {
    await mkdir(home.root, { recursive: true, mode: asRoot ? 0o711 : 0o700 });
    if (asRoot) await chmod(home.root, 0o711);
    for (const folder of [home.run, home.keys, home.logs, home.cache]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await chmod(folder, 0o700);
    }
  } catch (cause) {
    const why = messageOf(cause);
    throw new Problem('unavailable', {
      detail: `the home ${home.root} cannot be prepared (${why}). Give a folder you may write with --home.`,
      cause,
    });
  }
}

/** Makes the credential by which this start's processes know each other. New at each start. */
export async function writeInternalToken(home: Home, random: Random): Promise<void> {
  await rm(home.internalTokenFile, { force: true });
  const token = Buffer.from(random.bytes(32)).toString('base64url');
  await writeFile(home.internalTokenFile, token, { mode: 0o600, flag: 'wx' });
}
