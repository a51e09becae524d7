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

  it('begins another commit at 8 MiB', async () => {
    const commits: number[][] = [];
    const group = new GroupCommit<number>(new FatalLatch(() => undefined), async (ops) => {
      commits.push([...ops]);
    });
    const half = 4 * 1024 * 1024;
    await Promise.all([group.add(1, half), group.add(2, half), group.add(3, 1)]);
    expect(commits).toEqual([[1, 2], [3]]);
  });

  it('puts the little of one tenant before the flood of another, each in order', async () => {
    const commits: string[][] = [];
    const group = new GroupCommit<string>(new FatalLatch(() => undefined), async (ops) => {
      commits.push([...ops]);
    });
    const mebibyte = 1024 * 1024;
    const flood = Array.from({ length: 30 }, (_, index) =>
      group.add(`flood-${index}`, mebibyte, 'flood'),
    );
    await Promise.all([
      ...flood,
      group.add('small-1', 10, 'small'),
      group.add('small-2', 10, 'small'),
    ]);
    expect(commits[0]).toContain('small-1');
    expect(commits[0]).toContain('small-2');
    expect(commits.flat().filter((op) => op.startsWith('flood'))).toEqual(
      flood.map((_, index) => `flood-${index}`),
    );
    expect(commits.every((ops) => ops.length <= 10)).toBe(true);
  });

  it('never tries again after a failed commit, and reports it once', async () => {
    const reported: Error[] = [];
    let commits = 0;
    const group = new GroupCommit<number>(new FatalLatch((error) => reported.push(error)), () => {
      commits += 1;
      return Promise.reject(new Error('EIO'));
    });
    for (const code of ['outcome_unknown', 'unavailable'] as const) {
      const refused: unknown = await group.add(1, 1).catch((error: unknown) => error);
      expect(isProblem(refused, code)).toBe(true);
    }
    expect(commits).toBe(1);
    expect(reported.map(({ message }) => message)).toEqual(['EIO']);
  });
});
