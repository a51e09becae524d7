import { isProblem } from '@tocsin/kernel/problem.ts';
import { describe, expect, it } from 'vitest';
import { FatalLatch } from './fatal-latch.ts';
import { GroupCommit } from './group-commit.ts';

describe('GroupCommit', () => {
  it('puts all that waits into one commit', async () => {
    const commits: number[][] = [];
    const group = new GroupCommit<number>(new FatalLatch(() => undefined), async (ops) => {
      commits.push([...ops]);
      await new Promise((resolve) => setImmediate(resolve));
    });
    await Promise.all([1, 2, 3].map((op) => group.add(op, 1)));
    expect(commits).toEqual([[1, 2, 3]]);
  });

  it('begins another commit at 32 MiB', async () => {
    const commits: number[][] = [];
    const group = new GroupCommit<number>(new FatalLatch(() => undefined), async (ops) => {
      commits.push([...ops]);
    });
    const half = 16 * 1024 * 1024;
    await Promise.all([group.add(1, half), group.add(2, half), group.add(3, 1)]);
    expect(commits).toEqual([[1, 2], [3]]);
  });

  it('never tries again after a failed commit, and reports it once', async () => {
    const reported: Error[] = [];
    let commits = 0;
    const group = new GroupCommit<number>(new FatalLatch((error) => reported.push(error)), () => {
      commits += 1;
      return Promise.reject(new Error('EIO'));
    });
    for (const op of [1, 2]) {
      const refused: unknown = await group.add(op, 1).catch((error: unknown) => error);
      expect(isProblem(refused, 'unavailable')).toBe(true);
    }
    expect(commits).toBe(1);
    expect(reported.map(({ message }) => message)).toEqual(['EIO']);
  });
});
