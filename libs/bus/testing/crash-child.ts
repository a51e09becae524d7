import { writeSync } from 'node:fs';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { openLmdbEventBus } from '../lmdb/open-lmdb-event-bus.ts';
import { sampleFrame } from './sample-frame.ts';

/**
 * A process to be killed: publishes, consumes and unlinks until it dies; in mode `keep` it only publishes.
 * Prints `a <line>` for each acknowledged frame and `h <line>` for each that was handled.
 */
const [folder = '', failpoints = '', mode = 'consume'] = process.argv.slice(2);
const world = systemWorld(failpoints);
const bus = await openLmdbEventBus({
  folder,
  world,
  onFatal: (error) => {
    throw error;
  },
  readDiskSpace: async () => ({ freeBytes: 50, totalBytes: 100 }),
  generationBytesMax: 64 * 1024,
  retentionMs: 0,
});
if (mode === 'consume') {
  await bus.consumeLog('raw.events', 'pipeline', {
    handle: async (entries, assignment) => {
      for (const { frame } of entries) print('h', frame.body);
      await assignment.commit(entries.map(({ position }) => position));
    },
  });
}
for (let round = 0; ; round += 1) {
  const frames = Array.from({ length: 8 }, (_, index) => {
    const name = `${process.pid}-${round}-${index} `;
    return sampleFrame([name.padEnd(2000, 'x')], { keySlot: index % 3 });
  });
  await Promise.all(
    frames.map(async (frame) => {
      await bus.publish([frame]);
      print('a', frame.body);
    }),
  );
  if (round % 5 === 4) await bus.sweep();
}

/** Synchronous: what was printed before the kill is seen. */
function print(what: string, body: Buffer): void {
  writeSync(1, `${what} ${body.toString().split(' ')[0]}\n`);
}
