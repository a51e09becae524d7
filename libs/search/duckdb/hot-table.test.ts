import { setImmediate } from 'node:timers/promises';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rows } from './day-file.ts';
import { EventChunk } from './event-chunk.ts';
import { eventFromDocument } from './event-document.ts';
import { HotTable } from './hot-table.ts';
import { ACME, documentsOf, NOON } from './testing/sample-store.ts';

let instance: DuckDBInstance;
let reader: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  reader = await instance.connect();
});
afterAll(() => {
  reader.closeSync();
  instance.closeSync();
});

const events = documentsOf('event', 5).map(eventFromDocument);
const chunk = new EventChunk();
function pushAll(hot: HotTable): void {
  for (const [ordinal, event] of events.entries()) {
    hot.push(event, { ...ACME, frame: 1, ordinal, receivedAt: NOON, rules: undefined });
  }
}

describe('a hot table', () => {
  it('is published whole while the table before it is dropped', async () => {
    let old = await HotTable.create(instance, 0, chunk);
    for (let roll = 1; roll <= 100; roll += 1) {
      pushAll(old);
      old.seal();
      const next = await HotTable.create(instance, roll, chunk);
      let dropped = false;
      const drop = old.retire().then(() => {
        dropped = true;
      });
      let pushed = 0;
      while (!dropped) {
        pushAll(next);
        pushed += events.length;
        next.publish();
        await setImmediate();
      }
      await drop;
      const [found] = await rows(reader, `select count(*)::INTEGER as rows from ${next.name}`);
      expect(found).toEqual({ rows: pushed });
      old = next;
    }
  });
});
