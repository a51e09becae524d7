import * as fs from 'node:fs/promises';
import { createServer } from 'node:net';
import { isAbsent } from '@tocsin/kernel/disk.ts';
import type { Random } from '@tocsin/kernel/random.ts';

/**
 * Below the ports that systems give to whoever asks for any (from 32,768 on Linux): one of those may become somebody's
 * between the look and the server's start, or while the server is away, and then others do not find it again.
 */
const PORTS = { from: 15_000, to: 32_000 } as const;
const TRIES_MAX = 100;

/**
 * A free port on loopback: the one remembered in `file` when it is still free, so that connections find the server
 * again after a restart; else a new one, remembered there.
 */
export async function freePort(file: string, random: Random): Promise<number> {
  const remembered = await readPort(file);
  if (remembered !== undefined && (await bind(remembered)) !== undefined) return remembered;
  const port = await anyFree(random);
  await fs.writeFile(file, String(port));
  return port;
}

async function anyFree(random: Random): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const port = PORTS.from + Math.floor(random.fraction() * (PORTS.to - PORTS.from));
    if ((await bind(port)) !== undefined) return port;
  }
  return (await bind(0)) ?? 0;
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
