import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvtxError } from './evtx-error.ts';
import { flattenEvent } from './flatten-event.ts';
import { CHUNK_HEADER_BYTES, FILE_HEADER_BYTES } from './limits.ts';
import { readEvtx } from './read-evtx.ts';
import { sampleLog } from './testing/sample-log.ts';

/** Raise it by hand for a long search. */
const RUNS = Number(process.env['TOCSIN_EVTX_RUNS'] ?? 150);
/** CPU one damaged file of two chunks may take, in microseconds; a whole one takes under 10,000. */
const CPU_US_MAX = 3_000_000;

const CORPUS = process.env['TOCSIN_CORPUS'] ?? join(import.meta.dirname, '../../../shared/corpus');
const FOLDER = join(CORPUS, 'sigma-regression', 'regression_data');

/** Reads all there is; whatever comes must print as JSON. */
function survives(file: Uint8Array): void {
  const before = process.cpuUsage().user;
  try {
    for (const { records, faults, faultCount } of readEvtx(file)) {
      expect(faultCount).toBeGreaterThanOrEqual(faults.length);
      for (const { event } of records) JSON.stringify(flattenEvent(event) ?? event);
    }
  } catch (error) {
    expect(error).toBeInstanceOf(EvtxError);
  }
  expect(process.cpuUsage().user - before).toBeLessThan(CPU_US_MAX);
}

/** Bits to flip: most within the first kilobytes of records, where templates and names lie. */
function flips(size: number): fc.Arbitrary<number[]> {
  const near = fc.nat({ max: 4096 }).map((at) => FILE_HEADER_BYTES + CHUNK_HEADER_BYTES + at);
  const anywhere = fc.nat({ max: size - 1 });
  const place = fc.oneof({ weight: 4, arbitrary: near }, { weight: 1, arbitrary: anywhere });
  const bit = fc.tuple(place, fc.nat({ max: 7 })).map(([at, shift]) => at * 8 + shift);
  return fc.array(bit, { minLength: 1, maxLength: 40 });
}

function flipped(file: Buffer, bits: readonly number[]): Buffer {
  const copy = Buffer.from(file);
  for (const bit of bits) copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

const files = existsSync(FOLDER)
  ? readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.evtx'))
      .filter((_, index) => index % 20 === 0)
      .map((name) => readFileSync(join(FOLDER, name)))
  : [];

describe.each([
  ['of our own', [sampleLog(2, 8)]],
  [`of the corpus (${files.length === 0 ? 'not run: absent' : files.length})`, files],
])('logs %s', (_, logs) => {
  it('with bits flipped throw nothing but an EvtxError, and end', () => {
    for (const log of logs) {
      fc.assert(
        fc.property(flips(log.length), (bits) => survives(flipped(log, bits))),
        { numRuns: RUNS },
      );
    }
  });

  it('cut off anywhere throw nothing but an EvtxError, and end', () => {
    for (const log of logs) {
      fc.assert(
        fc.property(fc.nat({ max: log.length }), (end) => survives(log.subarray(0, end))),
        { numRuns: RUNS },
      );
    }
  });

  it('with bytes overwritten by others of the same log throw nothing but an EvtxError, and end', () => {
    const span = fc.tuple(fc.nat({ max: 6000 }), fc.nat({ max: 6000 }), fc.nat({ max: 400 }));
    for (const log of logs) {
      fc.assert(
        fc.property(fc.array(span, { minLength: 1, maxLength: 6 }), (spans) => {
          const copy = Buffer.from(log);
          for (const [to, from, length] of spans) {
            const at = FILE_HEADER_BYTES + CHUNK_HEADER_BYTES;
            copy.copyWithin(at + to, at + from, at + from + length);
          }
          survives(copy);
        }),
        { numRuns: RUNS },
      );
    }
  });
});
