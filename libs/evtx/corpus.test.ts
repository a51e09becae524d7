import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEvtx } from './read-evtx.ts';
import { digestOf } from './testing/canonical-form.ts';
import { CORPUS_DIGESTS } from './testing/corpus-digests.ts';

const CORPUS = process.env['TOCSIN_CORPUS'] ?? join(import.meta.dirname, '../../../shared/corpus');
const FOLDER = join(CORPUS, 'sigma-regression', 'regression_data');
const present = existsSync(FOLDER);
const files = present
  ? readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.evtx'))
  : [];

describe.skipIf(!present)(`the event logs in ${FOLDER} (not run where they are absent)`, () => {
  it('reads every record with every member as the Python package evtx does', () => {
    const found: Record<string, string> = {};
    let records = 0;
    for (const file of files) {
      const chunks = [...readEvtx(readFileSync(join(FOLDER, file)))];
      const events = chunks.flatMap((chunk) => chunk.records.map(({ event }) => event));
      records += events.length;
      expect(chunks.flatMap(({ faults }) => faults)).toEqual([]);
      found[basename(file, '.evtx')] = digestOf(events);
    }
    expect(found).toEqual(CORPUS_DIGESTS);
    expect(records).toBe(106);
  });
});
