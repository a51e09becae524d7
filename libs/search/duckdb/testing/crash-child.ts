import { writeSync } from 'node:fs';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { ACME, documentsOf, openStore, sourceOf } from './sample-store.ts';

/**
 * A process to be killed: appends frames of five rows behind the applied offset and flushes after every third, until it
 * dies at its failpoint. Prints the offset of each flush that was acknowledged.
 */
const [folder = '', failpoints = ''] = process.argv.slice(2);
const store = await openStore(folder, systemWorld(failpoints));
const source = sourceOf();
for (let offset = (await store.applied(source)) + 1; ; offset += 1) {
  await store.append(ACME, 'events', documentsOf(`frame-${offset}`, 5), { source, offset });
  if (offset % 3 !== 0) continue;
  await store.flush();
  writeSync(1, `${offset}\n`);
}
