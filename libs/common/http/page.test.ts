import { isProblem } from '@tocsin/kernel/problem.ts';
import fc from 'fast-check';
import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { checkIfMatch, etagOf } from './etag.ts';
import { CURSOR_LENGTH_MAX, cursorCodec, pageOf, pageQuery } from './page.ts';
import { compileCheck } from './validator.ts';

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'ok';
  } catch (error) {
    if (isProblem(error)) return error.code;
    throw error;
  }
}

describe('cursors', () => {
  const codec = cursorCodec(
    Type.Object(
      { at: Type.String({ maxLength: 40 }), id: Type.Integer() },
      { additionalProperties: false },
    ),
  );

  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40, unit: 'grapheme-ascii' }), fc.integer(), (at, id) => {
        expect(codec.read(codec.write({ at, id }))).toEqual({ at, id });
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'aGVsbG8'],
    ['another shape', Buffer.from('{"at":1,"id":2}').toString('base64url')],
    ['a further member', Buffer.from('{"at":"a","id":2,"tenant_id":"x"}').toString('base64url')],
    ['__proto__', Buffer.from('{"at":"a","id":2,"__proto__":{}}').toString('base64url')],
  ])('of %s are refused', (_name, cursor) => {
    expect(codeOf(() => codec.read(cursor))).toBe('invalid_cursor');
  });

  it('of any bytes are read or refused, nothing else', () => {
    fc.assert(
      fc.property(fc.string(), (cursor) => {
        expect(['ok', 'invalid_cursor']).toContain(codeOf(() => codec.read(cursor)));
      }),
    );
  });
});

describe('pages', () => {
  const page = (rows: number[], limit: number) => pageOf(rows, limit, (row) => row * 10, String);

  it('end with a cursor only when a further row was read', () => {
    expect(page([1, 2, 3], 2)).toEqual({ items: [10, 20], next_cursor: '2' });
    expect(page([1, 2], 2)).toEqual({ items: [10, 20], next_cursor: null });
    expect(page([], 2)).toEqual({ items: [], next_cursor: null });
  });

  it.each([
    [{}, { limit: 50 }],
    [{ limit: '200' }, { limit: 200 }],
    [
      { limit: '1', cursor: 'c' },
      { limit: 1, cursor: 'c' },
    ],
    [{ limit: '0' }, 'invalid_request'],
    [{ limit: '201' }, 'invalid_request'],
    [{ limit: 'ten' }, 'invalid_request'],
    [{ limit: ['1', '2'] }, 'invalid_request'],
    [{ limit: '' }, 'invalid_request'],
    [{ cursor: 'c'.repeat(CURSOR_LENGTH_MAX + 1) }, 'invalid_request'],
  ])('take the query %j as %j', (query, expected) => {
    const check = compileCheck(Type.Object(pageQuery), 'query');
    if (typeof expected === 'string') expect(codeOf(() => check({ ...query }))).toBe(expected);
    else expect(check({ ...query })).toEqual(expected);
  });
});

describe('If-Match', () => {
  it.each([
    ['"3"', 'ok'],
    ['W/"3"', 'ok'],
    ['*', 'ok'],
    ['"2", "3"', 'ok'],
    ['"2"', 'precondition_failed'],
    ['3', 'precondition_failed'],
    ['', 'precondition_required'],
    [undefined, 'precondition_required'],
  ])('%s against revision 3 is %s', (header, expected) => {
    expect(codeOf(() => checkIfMatch({ 'if-match': header }, 3))).toBe(expected);
    expect(etagOf(3)).toBe('"3"');
  });
});
