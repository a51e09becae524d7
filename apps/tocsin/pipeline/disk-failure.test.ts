import { type Disk, systemDisk } from '@tocsin/kernel/disk.ts';
import { describe, expect, it } from 'vitest';
import { ACME, failedLogin, frameOf } from './testing/sample-log.ts';
import { TestHome } from './testing/test-home.ts';

const FRAMES = 4;
const LOG = Array.from({ length: FRAMES }, (_, index) =>
  frameOf(`disk/${index}`, [
    failedLogin('ada', index * 20, { attributes: { failed_login_count: 3 } }),
    failedLogin('bob', index * 20 + 1, { attributes: { failed_login_count: 3 } }),
  ]),
);

/** The system's disk, whose k-th call fails; counts its calls. */
class FailingDisk {
  calls = 0;
  armed = true;
  readonly disk: Disk;

  constructor(failing: number, code: 'EIO' | 'ENOSPC') {
    const guard =
      <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
      (...args: Args): Promise<Result> => {
        if (!this.armed) return call(...args);
        this.calls += 1;
        if (this.calls !== failing) return call(...args);
        return Promise.reject(Object.assign(new Error(`planned ${code}`), { code }));
      };
    this.disk = {
      makeFolder: guard((path) => systemDisk.makeFolder(path)),
      writeNew: guard((path, bytes) => systemDisk.writeNew(path, bytes)),
      rename: guard((from, to) => systemDisk.rename(from, to)),
      read: guard((path) => systemDisk.read(path)),
      readRange: guard((path, offset, length) => systemDisk.readRange(path, offset, length)),
      list: guard((path) => systemDisk.list(path)),
      listEntries: guard((path) => systemDisk.listEntries(path)),
      remove: guard((path) => systemDisk.remove(path)),
      syncFolder: guard((path) => systemDisk.syncFolder(path)),
    };
  }
}

/** Takes what is left of the log, with a barrier after each second frame; says whether something failed. */
async function runOn(home: TestHome): Promise<boolean> {
  try {
    await home.open();
    while (home.cursor < FRAMES) {
      const before = home.cursor;
      await home.take(before + 2);
      await home.pipeline.barrier();
      if (home.fatal.length > 0 || home.cursor === before) return true;
    }
    return home.fatal.length > 0;
  } catch {
    return true;
  }
}

async function outcomeOf(home: TestHome): Promise<unknown> {
  return { rows: await home.rows(ACME), alerts: [...home.alerts].sort() };
}

describe('a pipeline on a disk whose k-th call fails', () => {
  it.each([
    'EIO',
    'ENOSPC',
  ] as const)('has everything once in the end, whichever call it was: %s', async (code) => {
    const calm = await TestHome.create();
    calm.log.push(...LOG);
    expect(await runOn(calm)).toBe(false);
    const expected = await outcomeOf(calm);
    await calm.discard();
    let failing = 1;
    for (let reached = true; reached; failing += 1) {
      const failure = new FailingDisk(failing, code);
      const home = await TestHome.create();
      home.log.push(...LOG);
      home.disk = failure.disk;
      const failed = await runOn(home);
      failure.armed = false;
      reached = failure.calls >= failing;
      // A failure is told: the process that has it ends, and what it had not committed is taken again.
      if (reached) expect(failed, `call ${failing} failed and nobody said so`).toBe(true);
      if (failed) {
        await home.crash();
        home.disk = systemDisk;
        home.fatal.splice(0);
        expect(await runOn(home), `after call ${failing} failed: ${home.fatal}`).toBe(false);
      }
      expect(await outcomeOf(home), `after call ${failing} failed`).toEqual(expected);
      await home.discard();
    }
    console.log(`${code}: each of ${failing - 2} calls failed once`);
  });
});
