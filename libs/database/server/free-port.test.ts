import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, systemRandom } from '@tocsin/kernel/random.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from './free-port.ts';

/** Where Linux begins to give ports to whoever asks for any. */
const GIVEN_FROM = 32_768;

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'port-'));
  file = join(folder, 'port');
});
afterEach(() => rm(folder, { recursive: true }));

describe('freePort', () => {
  it('is remembered, and below those that anybody may be given meanwhile', async () => {
    const port = await freePort(file, systemRandom);
    expect(port).toBeGreaterThan(1023);
    expect(port).toBeLessThan(GIVEN_FROM);
    expect(await freePort(file, seededRandom(1))).toBe(port);
  });

  it('is another one where somebody listens on the one remembered, and on the next', async () => {
    const taken = [];
    const seed = Math.floor(systemRandom.fraction() * 1e9);
    for (const other of ['a', 'b']) {
      const port = await freePort(join(folder, other), seededRandom(seed));
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      taken.push({ port, server });
    }
    await writeFile(file, String(taken[0]?.port));
    const port = await freePort(file, seededRandom(seed));
    expect(taken.map((one) => one.port)).not.toContain(port);
    expect(await readFile(file, 'utf8')).toBe(String(port));
    for (const { server } of taken) await new Promise((resolve) => server.close(resolve));
  });
});
