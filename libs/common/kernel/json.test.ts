import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JSON_DEPTH_MAX, parseJson, parseJsonBytes, pointerPart } from './json.ts';
import { findJsonFault } from './json-scanner.ts';
import { isProblem, type Problem } from './problem.ts';

function refusalOf(run: () => unknown): Problem | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (isProblem(error)) return error;
    throw error;
  }
}

describe('finding where a text is not JSON', () => {
  it.each([
    ['', 1, 1, 'the text ends too early'],
    ['  ', 1, 3, 'the text ends too early'],
    ['{"a":1,}', 1, 8, 'a member name in double quotes is expected'],
    ["{'a':1}", 1, 2, 'a member name in double quotes is expected'],
    ['{"a" 1}', 1, 6, 'a colon is expected'],
    ['{"a":}', 1, 6, 'a value is expected'],
    ['{"a":1 "b":2}', 1, 8, 'a comma or } is expected'],
    ['[1 2]', 1, 4, 'a comma or ] is expected'],
    ['[1,]', 1, 4, 'a value is expected'],
    ['[1}', 1, 3, 'a comma or ] is expected'],
    ['[', 1, 2, 'the text ends too early'],
    ['{"a":1}\n{"b":2}', 2, 1, 'nothing may follow the value'],
    ['"abc', 1, 5, 'the text ends inside a string'],
    ['"a\\x"', 1, 3, 'this escape does not exist'],
    ['"a\\u12"', 1, 3, 'this escape does not exist'],
    ['"a\nb"', 1, 3, 'a control character must be escaped'],
    ['01', 1, 2, 'nothing may follow the value'],
    ['-', 1, 1, 'a value is expected'],
    ['1.', 1, 2, 'nothing may follow the value'],
    ['NaN', 1, 1, 'a value is expected'],
    ['\ufeff{}', 1, 1, 'a value is expected'],
    ['{\n  "a": tru\n}', 2, 8, 'a value is expected'],
  ])('%j: line %i column %i, %s', (text, line, column, detail) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(findJsonFault(text)).toMatchObject({ line, column, detail });
  });

  it('agrees with JSON.parse about every text', () => {
    const token = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '\\',
      '1',
      '-0.5e3',
      '01',
      'true',
      'nul',
      ' ',
      '\n',
      '\u0001',
      '"\\u00e9"',
    );
    const texts = fc.oneof(
      fc.array(token).map((parts) => parts.join('')),
      fc.json(),
      fc.string(),
    );
    fc.assert(
      fc.property(texts, (text) => {
        let wellFormed = true;
        try {
          JSON.parse(text);
        } catch {
          wellFormed = false;
        }
        expect(findJsonFault(text) === undefined).toBe(wellFormed);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no stack and little time for a text a megabyte deep', () => {
    expect(findJsonFault('['.repeat(1_000_000))).toMatchObject({ offset: 1_000_000 });
  });
});

describe('parsing untrusted JSON', () => {
  it('gives what JSON.parse gives, unless something must be refused', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const problem = refusalOf(() => expect(parseJson(text)).toEqual(JSON.parse(text)));
        if (problem !== undefined) expect(problem.errors).toHaveLength(1);
      }),
    );
  });

  it.each([
    ['{"a":{"b":["x\\u0000"]}}', '/a/b/0'],
    ['{"a\\u0000":1}', '/a\\0'],
    ['{"a":"\\udc00"}', '/a'],
    ['{"a":{"__proto__":1}}', '/a/__proto__'],
    ['{"\\u005f\\u005fproto__":1}', '/__proto__'],
    ['{"constructor":{"prototype":{}}}', '/constructor'],
    ['{"a/b~c":1e400}', '/a~1b~0c'],
    ['-1e400', ''],
  ])('refuses %s at %j', (text, pointer) => {
    expect(refusalOf(() => parseJson(text))).toMatchObject({
      code: 'invalid_request',
      errors: [{ pointer }],
    });
  });

  it.each([
    '{"constructor":"a text"}',
    '{"constructor":{"name":"a"}}',
    '{"a":"\\ud83d\\ude00"}',
    '{"prototype":1,"toString":2,"hasOwnProperty":3}',
    '{"a":"__proto__"}',
  ])('takes %s', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it(`takes nesting of ${JSON_DEPTH_MAX} levels and refuses one more`, () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(refusalOf(() => parseJson(nested(JSON_DEPTH_MAX)))).toBeUndefined();
    expect(refusalOf(() => parseJson(nested(JSON_DEPTH_MAX + 1)))?.code).toBe('invalid_request');
    expect(refusalOf(() => parseJson(nested(500_000)))?.code).toBe('invalid_request');
  });

  it('pollutes no prototype', () => {
    refusalOf(() => parseJson('{"__proto__":{"polluted":1}}'));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('takes a byte order mark and refuses bytes that are not UTF-8', () => {
    expect(parseJsonBytes(Buffer.from('\ufeff{"a":"é"}'))).toEqual({ a: 'é' });
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc0, 0x80, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
    ]) {
      expect(refusalOf(() => parseJsonBytes(Buffer.from(bytes)))?.code).toBe('malformed_json');
    }
  });

  it('quotes no more than 100 characters of a name', () => {
    expect(pointerPart('x'.repeat(1000)).length).toBe(102);
  });
});
