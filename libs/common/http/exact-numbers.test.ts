import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requireExactIntegers } from './exact-numbers.ts';

const check = (text: string) => requireExactIntegers(Buffer.from(text));

describe('integers of a JSON body', () => {
  it.each([
    '{"a":9007199254740991}',
    '{"a":-9007199254740992}',
    '{"a":18014398509481984}',
    '{"a":"9007199254740993"}',
    '{"9007199254740993":1}',
    '{"a":0.12345678901234567890}',
    '{"a":1e300}',
    '\ufeff[1234567890123456]',
  ])('may be %s', (text) => expect(() => check(text)).not.toThrow());

  it.each([
    '{"a":9007199254740993}',
    '{"a":[{"b":-9007199254740993}]}',
    '12345678901234567890',
    '\ufeff[9007199254740993]',
  ])('may not be %s', (text) => expect(() => check(text)).toThrow('past 2^53'));

  it('pass exactly when they are the same afterwards', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 80n), 2n ** 80n), (integer) => {
        const isSame = BigInt(JSON.parse(String(integer))) === integer;
        const outcome = () => check(`{"a":${integer}}`);
        if (isSame) expect(outcome).not.toThrow();
        else expect(outcome).toThrow('text, in quotes');
      }),
      { seed: 53 },
    );
  });
});
