import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentsOf, messagesIn, openStore, sourceOf } from './testing/sample-store.ts';

const CHILD = join(import.meta.dirname, 'testing/crash-child.ts');

/** Runs the child until its failpoint kills it; the last offset it said is durable. */
async function runUntilKilled(folder: string, failpoints: string): Promise<number> {
  const child = spawn(process.execPath, [CHILD, folder, failpoints], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const signal = await new Promise((resolve) => {
    child.on('close', (_code, by) => resolve(by));
  });
  expect(signal).toBe('SIGKILL');
  return Number(output.trim().split('\n').at(-1));
}

describe('an event store whose process is killed', () => {
  it.each([
    'roll.before-commit',
    'roll.after-commit',
    'roll.after-drop',
  ])('has every row up to its applied offset once and none above, at %s', async (failpoint) => {
    const folder = await mkdtemp(join(tmpdir(), 'tocsin-store-crash-'));
    let acknowledged = 0;
    for (const passes of [2, 1, 3]) {
      acknowledged = Math.max(acknowledged, await runUntilKilled(folder, `${failpoint}:${passes}`));
    }
    const store = await openStore(folder);
    const applied = await store.applied(sourceOf());
    expect(applied).toBeGreaterThanOrEqual(acknowledged);
    const wanted = Array.from({ length: applied }, (_, at) =>
      documentsOf(`frame-${at + 1}`, 5).map(({ message }) => [message, 1]),
    ).flat();
    expect([...(await messagesIn(store))].sort()).toEqual(wanted.sort());
    await store.close();
    await rm(folder, { recursive: true });
  });
});
