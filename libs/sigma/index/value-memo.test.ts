import { describe, expect, it } from 'vitest';
import { ValueMemo } from './value-memo.ts';

const FIELD = 3;
const NUMBERED = 20_000;

/** Looks a text up as if it stood in the middle of a line. */
function lookUp(memo: ValueMemo, text: string, field = FIELD): readonly number[] | 'new' | 'again' {
  const bytes = Buffer.from(`"${text}",`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - 2;
  const found = memo.find(field, view, 1, end);
  if (found === 0) return 'new';
  if (found > 0) {
    const atoms = listAt(memo, found);
    expect(listAt(memo, found + 1 + atoms.length)).toEqual([text.length * 2]);
    return atoms;
  }
  memo.remember(field, view, 1, end, [text.length, 7], [text.length * 2]);
  return 'again';
}

function listAt(memo: ValueMemo, at: number): readonly number[] {
  return [...memo.records.subarray(at + 1, at + 1 + (memo.records[at] ?? 0))];
}

describe('a memo of values', () => {
  it('gives the atoms and rules of a value from the third time on', () => {
    const memo = new ValueMemo(8);
    for (let length = 4; length <= 70; length += 1) {
      const text = 'C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s Schedule and so on'
        .repeat(2)
        .slice(0, length);
      expect([lookUp(memo, text), lookUp(memo, text)]).toEqual(['new', 'again']);
      expect(lookUp(memo, text)).toEqual([length, 7]);
    }
  });

  it('tells values apart that differ in one byte, in length or in field', () => {
    const memo = new ValueMemo(8);
    const text = 'abcdefghijklmnopqrstu';
    for (let time = 0; time < 3; time += 1) lookUp(memo, text);
    for (let at = 0; at < text.length; at += 1) {
      const other = `${text.slice(0, at)}X${text.slice(at + 1)}`;
      expect(lookUp(memo, other)).toBe('new');
    }
    expect(lookUp(memo, text.slice(1))).toBe('new');
    expect(lookUp(memo, text, FIELD + 1)).toBe('new');
  });

  it('passes a field over whose values do not come again, and tries it anew later', () => {
    const memo = new ValueMemo(8);
    const taken: number[] = [];
    for (let number = 0; number < NUMBERED; number += 1) {
      if (!memo.takes(FIELD, 20)) continue;
      taken.push(number);
      lookUp(memo, `value number ${number} and so on`);
    }
    expect(taken.slice(0, 256)).toEqual(Array.from({ length: 256 }, (_, number) => number));
    expect(taken[256]).toBe(256 + 4096);
    expect(memo.takes(FIELD + 1, 20)).toBe(true);
  });

  it('takes no value that is very short or long', () => {
    const memo = new ValueMemo(8);
    expect([3, 4, 1024, 1025].map((bytes) => memo.takes(FIELD, bytes))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('forgets all when it is full, and goes on', () => {
    const memo = new ValueMemo(8);
    const long = 'x'.repeat(1000);
    for (let number = 0; number < NUMBERED; number += 1) {
      const text = `${number}${long}`;
      lookUp(memo, text);
      lookUp(memo, text);
      expect(lookUp(memo, text)).toEqual([text.length, 7]);
    }
  });
});
