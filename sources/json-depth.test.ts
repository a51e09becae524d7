import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nestsTooDeep } from './json-depth.ts';

/** The plain twin: the depth by its definition. */
function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

/** Wraps a value in objects and arrays, as the bits say. */
function wrap(value: unknown, bits: readonly boolean[]): unknown {
  return bits.reduce((inner, isArray) => (isArray ? [inner, '{['] : { a: 1, b: inner }), value);
}

describe('the limit on nesting', () => {
  it('is the depth by its definition, for any JSON', () => {
    const bits = fc.array(fc.boolean(), { minLength: 50, maxLength: 80 });
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), bits, (leaf, how) => {
        const value = wrap(leaf, how);
        expect(nestsTooDeep(JSON.stringify(value), value)).toBe(depthOf(value) > 64);
      }),
    );
  });

  it('does not count brackets side by side or in texts', () => {
    const value = { list: Array.from({ length: 500 }, () => [{}]), text: '[{'.repeat(500) };
    expect(nestsTooDeep(JSON.stringify(value), value)).toBe(false);
  });
});
