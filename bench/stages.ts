import { fork } from 'node:child_process';
import { AS_IN_THE_PRODUCT } from './measure.ts';

/** What each stage between the socket and the disk costs, in a process of its own with the flags of the product's. */
export async function measureStages(lines: number | undefined): Promise<void> {
  const file = new URL('./stages-process.ts', import.meta.url);
  const args = lines === undefined ? [] : [String(lines)];
  const child = fork(file, args, { execArgv: [...process.execArgv, ...AS_IN_THE_PRODUCT] });
  await new Promise((resolve) => child.once('exit', resolve));
}
