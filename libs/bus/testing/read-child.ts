import { writeSync } from 'node:fs';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { openLmdbEventBus } from '../lmdb/open-lmdb-event-bus.ts';

/**
 * A process that reads what may be damaged, because LMDB may end it: opens the bus of a folder and takes every frame of
 * `raw.events`. Prints `h <body>` for each that was delivered whole, `c` for each that was parked as changed, `r <lost>` for a
 * file that was damaged and written anew, `f <why>`
 * for a fault, and `e` when it has read as many as there should be, or nothing more has come for a while.
 */
const [folder = '', expected = '600'] = process.argv.slice(2);
const REST_MS = 45_000;
let taken = 0;
const say = (text: string): void => void writeSync(1, `${text}\n`);
const fault = (error: unknown): never => {
  say(`f ${String(error).split('\n')[0]}`);
  process.exit(3);
};
process.on('uncaughtException', fault);
process.on('unhandledRejection', fault);
const bus = await openLmdbEventBus({
  folder,
  world: systemWorld(),
  onFatal: fault,
  onRepair: ({ lost }) => say(`r ${lost ?? ''}`),
  readDiskSpace: async () => ({ freeBytes: 50, totalBytes: 100 }),
});
let last = performance.now();
await bus.consumeLog('raw.events', 'reader', {
  handle: async (entries, assignment) => {
    last = performance.now();
    taken += entries.length;
    for (const { frame } of entries) say(frame.count === 0 ? 'c' : `h ${frame.body.toString()}`);
    await assignment.commit(entries.map(({ position }) => position));
  },
});
while (taken < Number(expected) && performance.now() - last < REST_MS)
  await new Promise((next) => setTimeout(next, 20));
say('e');
process.exit(0);
