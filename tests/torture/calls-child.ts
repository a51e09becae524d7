import { writeSync } from 'node:fs';
import { openLmdbEventBus } from '@tocsin/bus/lmdb/open-lmdb-event-bus.ts';
import { Collector } from '@tocsin/bus/testing/collector.ts';
import { roomyDisk } from '@tocsin/bus/testing/open-test-bus.ts';
import { sampleFrame } from '@tocsin/bus/testing/sample-frame.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import {
  ACME,
  documentsOf,
  messagesIn,
  openStore,
  sourceOf,
} from '@tocsin/search/duckdb/testing/sample-store.ts';

/**
 * A process whose calls to the system fail. `write HOME`: publishes frames and flushes events, and prints `a <line>` for
 * each that is acknowledged, `s <row>` for each that is durable. `read HOME`: prints `f <line>` and `r <times> <row>`
 * of what is there.
 */
const FRAMES = 6;
const ROLLS = 3;
const ROWS = 4;
const [mode = '', home = ''] = process.argv.slice(2);
const world = systemWorld();
const say = (text: string): void => void writeSync(1, `${text}\n`);
const bus = await openLmdbEventBus({
  folder: `${home}/bus`,
  world,
  onFatal: () => process.exit(3),
  readDiskSpace: roomyDisk,
});
if (mode === 'write') {
  for (let frame = 1; frame <= FRAMES; frame += 1) {
    await bus.publish([sampleFrame([`frame-${frame}`])]);
    say(`a frame-${frame}`);
  }
  await bus.close();
  const store = await openStore(`${home}/events`);
  for (let offset = 1; offset <= ROLLS; offset += 1) {
    const documents = documentsOf(`roll-${offset}`, ROWS);
    await store.append(ACME, 'events', documents, { source: sourceOf(), offset });
    await store.flush();
    for (const { message } of documents) say(`s ${message}`);
  }
  await store.close();
} else {
  await bus.publish([sampleFrame(['end'])]);
  const collector = new Collector();
  await bus.consumeLog('raw.events', 'reader', collector);
  await collector.until(() => collector.lines.includes('end'));
  for (const line of collector.lines) if (line !== 'end') say(`f ${line}`);
  await bus.close();
  const store = await openStore(`${home}/events`);
  for (const [message, times] of await messagesIn(store)) say(`r ${times} ${message}`);
  for (const name of store.damaged) say(`damaged ${name}`);
  await store.close();
}
