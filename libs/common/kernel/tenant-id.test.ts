import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTenantId, parseTenantId } from './tenant-id.ts';

describe('a tenant id (X-01)', () => {
  it.each(['abc', 'a-b', '0a0', 'acme-corp', 'a--b', 'a'.repeat(63)])('may be %s', (text) => {
    expect(parseTenantId(text)).toBe(text);
  });

  it.each([
    ['a dot', 'a.b'],
    ['a star', 'a*b'],
    ['a greater-than sign', 'a>b'],
    ['a slash', 'a/b'],
    ['a backslash', 'a\\b'],
    ['two dots', '..'],
    ['a path', '../etc'],
    ['NUL', 'ab\0c'],
    ['a line end behind it', 'abc\n'],
    ['upper case', 'Abc'],
    ['an underscore', 'a_b'],
    ['a space', 'a b'],
    ['a hyphen first', '-abc'],
    ['a hyphen last', 'abc-'],
    ['letters that look Latin', 'аbс'],
    ['a digit of another script', 'ab٣'],
    ['2 characters', 'ab'],
    ['64 characters', 'a'.repeat(64)],
    ['nothing', ''],
    ['a number', 123],
    ['a list', ['abc']],
    ['null', null],
  ])('is refused with %s', (_name, value) => {
    expect(isTenantId(value)).toBe(false);
    expect(() => parseTenantId(value)).toThrow('a tenant id has 3 to 63 characters');
  });

  it('that is accepted never changes a path, subject or pattern it is put into', () => {
    const near = fc.stringMatching(/^[a-zA-Z0-9.*>/\\_%\0-]{0,70}$/);
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        if (!isTenantId(text)) return;
        expect(text).toMatch(/^[a-z0-9-]{3,63}$/);
        expect(new URL(`file:///x/${text}/y`).pathname).toBe(`/x/${text}/y`);
        expect(`raw.events.${text}`.split('.')).toHaveLength(3);
      }),
      { numRuns: 2000 },
    );
  });
});
