import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commitBatch, openEnvironment } from '../environment.ts';
import { findFault } from './find-fault.ts';

/** Past 256: the numbers of transactions are kept as little-endian bytes, whose order is another then. */
const COMMITS = 600;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bus-fault-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('an LMDB file has no fault after any of its first 600 commits', async () => {
  const path = join(folder, 'whole.lmdb');
  const environment = openEnvironment(path, 1 << 26);
  const faults: string[] = [];
  for (let commit = 1; commit <= COMMITS; commit += 1) {
    await commitBatch(environment, () => {
      // Values of other lengths in other places, so that pages are given free and taken again.
      void environment.put(['key', commit % 37], Buffer.alloc((commit * 997) % 9_000, commit));
      if (commit % 5 === 0) void environment.remove(['key', (commit * 7) % 37]);
    });
    const fault = findFault(await readFile(path));
    if (fault !== undefined) faults.push(`after commit ${commit}: ${fault}`);
  }
  await environment.close();
  expect(faults).toEqual([]);
});
