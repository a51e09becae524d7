import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeLine } from './normalize-line.ts';
import { wholeSurrogates } from './whole-surrogates.ts';

describe('halves of surrogate pairs', () => {
  it.each([
    ['"\\ud800"', '"\\ufffd"'],
    ['"\\udc00x"', '"\\ufffdx"'],
    ['"\\uD83D\\uDE00"', '"\\uD83D\\uDE00"'],
    ['"\\ud83d\\ud83d\\ude00"', '"\\ufffd\\ud83d\\ude00"'],
    ['"\\ude00\\ud83d"', '"\\ufffd\\ufffd"'],
    ['"\\\\ud800"', '"\\\\ud800"'],
    ['"\\\\\\ud800"', '"\\\\\\ufffd"'],
    ['"\\u0041"', '"\\u0041"'],
  ])('%s becomes %s', (json, whole) => expect(wholeSurrogates(json)).toBe(whole));

  it('of any text are what JSON.parse gives, made well-formed', () => {
    const unit = fc.constantFrom('a', '\ud83d', '\ude00', '\\', '"', '\ud800', 'u', 'd');
    fc.assert(
      fc.property(fc.array(unit), (units) => {
        const text = units.join('');
        const parsed: unknown = JSON.parse(wholeSurrogates(JSON.stringify(text)));
        expect(parsed).toBe(text.toWellFormed());
      }),
    );
  });

  it('are in no attribute of a line', () => {
    const event = normalizeLine('{"a":"\\ud800","b":{"\\udc00":1}}', '', '', 0);
    expect(event.attributesJson).toBe('{"a":"\\ufffd","b":{"\\ufffd":1}}');
    expect(event.attributes).toEqual({ a: '\ufffd', b: { '\ufffd': 1 } });
  });
});
