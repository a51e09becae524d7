import { isProblem } from '@tocsin/kernel/problem.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packRecords, unpackRecords } from './records.ts';

const record = fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes));

describe('records', () => {
  it('unpacks what was packed', () => {
    fc.assert(
      fc.property(fc.array(record), (records) => {
        expect(unpackRecords(packRecords(records))).toEqual(records);
      }),
    );
  });

  it('answers any bytes with records or a problem', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          unpackRecords(Buffer.from(bytes));
        } catch (error) {
          expect(isProblem(error, 'invalid_request')).toBe(true);
        }
      }),
    );
  });
});
