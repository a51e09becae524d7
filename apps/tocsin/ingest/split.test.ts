import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectForm, looksCanonical } from './detect-form.ts';
import { ITEM_BYTES_MAX, type Item } from './item.ts';
import { splitLines } from './split-lines.ts';
import { splitValues } from './split-values.ts';

async function* chunked(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = Math.max(1, sizes[turn % Math.max(1, sizes.length)] ?? bytes.length);
    yield Buffer.from(bytes.subarray(at, at + size));
    at += size;
  }
}

async function collect(items: AsyncGenerator<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

describe('splitLines', () => {
  it('gives the same lines as a plain split, whatever the chunks', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.string()), sizes, async (lines, cuts) => {
        const clean = lines.map((line) => line.replace(/[\r\n]/g, ''));
        const items = await collect(splitLines(chunked(Buffer.from(clean.join('\n')), cuts)));
        expect(items.map(({ bytes }) => bytes.toString())).toEqual(
          clean.filter((line) => line !== ''),
        );
      }),
    ));

  it('goes on from the end of any line as if it had never stopped', async () => {
    const bytes = Buffer.from('one\r\n\ntwo\nthree');
    const all = await collect(splitLines(chunked(bytes, [4])));
    expect(all.map((item) => item.bytes.toString())).toEqual(['one', 'two', 'three']);
    for (const [index, { end }] of all.entries()) {
      const rest = await collect(splitLines(chunked(bytes.subarray(end), [3]), end));
      expect(rest).toEqual(all.slice(index + 1));
    }
  });
});

describe('an item without end', () => {
  it.each([
    ['line', splitLines, 'x'],
    ['value', splitValues, '{"a":"'],
  ])('does not fill the memory (%s)', async (_, split, head) => {
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from(head);
      for (let megabyte = 0; megabyte < 40; megabyte += 1) yield Buffer.alloc(1024 * 1024, 0x61);
    }
    const [item] = await collect(split(endless()));
    expect(item?.bytes.length).toBeGreaterThan(ITEM_BYTES_MAX / 2);
    expect(item?.bytes.length).toBeLessThan(ITEM_BYTES_MAX * 2);
    expect(item?.end).toBe(head.length + 40 * 1024 * 1024);
  });
});

describe('splitValues', () => {
  it('gives every object of an array, whatever the chunks and the spacing', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.object({ key: fc.string({ maxLength: 5 }) })),
        fc.constantFrom(0, 2),
        sizes,
        async (objects, spacing, cuts) => {
          const bytes = Buffer.from(JSON.stringify(objects, null, spacing));
          const items = await collect(splitValues(chunked(bytes, cuts)));
          expect(items.map((item) => JSON.parse(item.bytes.toString()))).toEqual(
            JSON.parse(bytes.toString()),
          );
          expect(items.every((item) => !item.bytes.includes(0x0a))).toBe(true);
        },
      ),
    ));

  it('passes on what is cut off, so that it is counted', async () => {
    const items = await collect(splitValues(chunked(Buffer.from('[{"a":1},{"b"'), [5])));
    expect(items.map((item) => item.bytes.toString())).toEqual(['{"a":1}', '{"b"']);
  });
});

describe('detectForm', () => {
  it.each([
    ['[{"a":1}]', 'values'],
    [' [\n  {\n "a": 1 } ]', 'values'],
    ['[]', 'values'],
    ['{\n  "a": 1\n}\n', 'values'],
    ['{"a":1}\n{"a":2}\n', 'lines'],
    ['{"a":1}', 'lines'],
    ['[2026-11-23 10:00:00] started', 'lines'],
    ['<34>Oct 11 22:14:15 host su: failed', 'lines'],
    ['', 'lines'],
  ] as const)('sees %j as %s', (text, form) => {
    expect(detectForm(Buffer.from(text))).toBe(form);
  });
});

describe('looksCanonical', () => {
  it.each([
    ['{"category":"auth","actor":{"id":"user123"}}', true],
    ['{"category":"auth","vendor":"x"}', false],
    ['{"category":"Logon"}', false],
    ['{"EventID":4625}', false],
    ['plain text', false],
    ['{"category":', false],
  ])('judges %s as %s', (text, verdict) => {
    expect(looksCanonical(Buffer.from(text))).toBe(verdict);
  });
});
