import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseExactJson } from './exact-json.ts';

it.each([
  ['{"n":9007199254740993}', { n: '9007199254740993' }],
  ['[-12345678901234567890]', ['-12345678901234567890']],
  ['{"n":9007199254740991}', { n: 9007199254740991 }],
  ['{"n":1234567890123456.5}', { n: 1234567890123456.5 }],
  ['{"n":12345678901234567e2}', { n: Number('12345678901234567e2') }],
  ['{"n":"9007199254740993","m":1}', { n: '9007199254740993', m: 1 }],
])('%s keeps its digits', (json, value) => expect(parseExactJson(json)).toEqual(value));

it('is JSON.parse for everything else', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      fc.pre(!/\d{16}/.test(json) && !json.includes('\\'));
      expect(parseExactJson(json)).toEqual(JSON.parse(json));
    }),
  );
});

it('makes no prototype of a member', () => {
  const parsed = parseExactJson('{"__proto__":{"a":9007199254740993}}') as Record<string, unknown>;
  expect(Object.keys(parsed)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>)['a']).toBeUndefined();
});
