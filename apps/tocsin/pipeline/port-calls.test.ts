import { MessageChannel } from 'node:worker_threads';
import { Problem } from '@tocsin/kernel/problem.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { PortCalls, type PortMethods } from './port-calls.ts';

const channels: MessageChannel[] = [];
afterEach(() => {
  for (const { port1 } of channels.splice(0)) port1.close();
});

/** Both ends of a port; the far one offers the methods. */
function connect(methods: PortMethods): { near: PortCalls; far: PortCalls } {
  const channel = new MessageChannel();
  channels.push(channel);
  return { near: new PortCalls(channel.port1, {}), far: new PortCalls(channel.port2, methods) };
}

describe('calls between two threads', () => {
  it('give back the result, each to its own caller', async () => {
    const { near } = connect({ double: async (n: number) => n * 2 });
    const calls = [1, 2, 3].map((n) => near.call('double', [n]));
    expect(await Promise.all(calls)).toEqual([2, 4, 6]);
  });

  it('arrive in the order they were made', async () => {
    const seen: number[] = [];
    const { near } = connect({ note: async (n: number) => void seen.push(n) });
    await Promise.all([1, 2, 3, 4].map((n) => near.call('note', [n])));
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('carry a problem over as a problem, with all it says', async () => {
    const { near } = connect({
      refuse: () =>
        Promise.reject(
          new Problem('too_many_requests', {
            detail: 'later',
            errors: [{ pointer: '/a', detail: 'b' }],
            members: { allowed: ['c'] },
            retryAfterSeconds: 2,
          }),
        ),
    });
    const problem = await near.call('refuse', []).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({
      code: 'too_many_requests',
      status: 429,
      retryable: true,
      detail: 'later',
      errors: [{ pointer: '/a', detail: 'b' }],
      members: { allowed: ['c'] },
      retryAfterSeconds: 2,
    });
  });

  it('carry any other fault over as an error', async () => {
    const { near } = connect({ break: () => Promise.reject(new RangeError('too far')) });
    await expect(near.call('break', [])).rejects.toThrow('too far');
    await expect(near.call('absent', [])).rejects.toThrow('invariant broken');
  });

  it('answer with an error when a result cannot be sent', async () => {
    const { near } = connect({ odd: async () => () => 1 });
    await expect(near.call('odd', [])).rejects.toThrow('could not be cloned');
  });

  it('refuse arguments that cannot be sent', async () => {
    const { near } = connect({ take: async () => 1 });
    await expect(near.call('take', [() => 1])).rejects.toThrow('could not be cloned');
    expect(await near.call('take', [1])).toBe(1);
  });

  it('fail what waits, and whatever is called later, when the other side is gone', async () => {
    const { near } = connect({ wait: () => new Promise(() => undefined) });
    const waiting = near.call('wait', []);
    near.fail(new Error('the thread ended'));
    await expect(waiting).rejects.toThrow('the thread ended');
    await expect(near.call('wait', [])).rejects.toThrow('the thread ended');
  });
});
