import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, homeAt } from '../home.ts';
import { acquireLock, findHolder } from './lock.ts';
import { findProcess } from './process-identity.ts';

const details = { port: 8080, started_at: '2026-01-01T00:00:00.000Z', version: '0.1.0' };
let folder: string;
let home: Home;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-'));
  home = homeAt(folder);
  mkdirSync(home.run);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the lock of a home', () => {
  it('is held until it is released', async () => {
    const lock = await acquireLock(home, details);
    expect(await findHolder(home)).toMatchObject({ pid: process.pid, port: 8080 });
    await expect(acquireLock(home, details)).rejects.toThrow(
      /already runs on .* \(process \d+, port 8080\)/,
    );
    await lock.release();
    expect(await findHolder(home)).toBeUndefined();
    expect(readdirSync(home.run)).toEqual([]);
  });

  it.each([
    ['of a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, started: '1', ...details })],
    [
      'of another process with the same number',
      JSON.stringify({ pid: process.pid, started: '1', ...details }),
    ],
    ['that was cut off', '{"pid":1'],
    ['that holds something else', '[]'],
    ['that is empty', ''],
  ])('is taken over from a file %s', async (_, content) => {
    writeFileSync(home.lockFile, content);
    expect(await findHolder(home)).toBeUndefined();
    const lock = await acquireLock(home, details);
    expect(lock.predecessorCrashed).toBe(true);
    expect(await findHolder(home)).toMatchObject({ pid: process.pid });
    expect(readdirSync(home.run)).toEqual(['supervisor.lock']);
  });
});

describe('findProcess', () => {
  it('finds itself, and nothing for numbers that are no process', () => {
    expect(findProcess(process.pid)).toEqual(findProcess(process.pid));
    expect([0, -1, 1.5, Number.NaN, 2 ** 22 + 1].map(findProcess)).toEqual(
      Array(5).fill(undefined),
    );
  });
});
