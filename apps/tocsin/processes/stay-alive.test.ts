import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const CHILD = fileURLToPath(new URL('./testing/waiting-child.ts', import.meta.url));

async function exitStatusOf(...args: string[]): Promise<unknown> {
  const child = fork(CHILD, args, { stdio: 'ignore', execArgv: [] });
  const [status] = await once(child, 'exit');
  return status;
}

it('a process that waits for its neighbour while it starts does not end meanwhile', async () => {
  // 13: Node's word for a wait that nothing can end any more.
  expect(await exitStatusOf()).toBe(13);
  expect(await exitStatusOf('stay')).toBe(0);
});
