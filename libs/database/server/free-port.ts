import * as fs from 'node:fs/promises';
import { createServer } from 'node:net';
import { isAbsent } from '@tocsin/kernel/disk.ts';

/**
 * A free port on loopback: the one remembered in `file` when it is still free, so that connections find the server
 * again after a restart; else a new one, remembered there.
 */
export async function freePort(file: string): Promise<number> {
  const remembered = await readPort(file);
  if (remembered !== undefined && (await bind(remembered)) !== undefined) return remembered;
  const port = (await bind(0)) ?? 0;
  await fs.writeFile(file, String(port));
  return port;
}

async function readPort(file: string): Promise<number | undefined> {
  try {
    const port = Number(await fs.readFile(file, 'utf8'));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Binds the port for a moment; `undefined` when somebody has it. */
function bind(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(bound));
    });
  });
}
