import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eachLine, firstToken, onOneLine, splitArray } from './split-json.ts';

const texts = (items: readonly Buffer[]) => items.map(String);

function linesOf(body: string, from = 0): string[] {
  const bytes = Buffer.from(body);
  const lines: string[] = [];
  eachLine(bytes, from, (start, end) => lines.push(bytes.toString('utf8', start, end)));
  return lines;
}

/** JSON whose strings are full of what could be taken for structure. */
const trickyJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.jsonValue({ maxDepth: 2 }),
    fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', '\n', 'é', '𝔘', 'a') }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: fc.constantFrom('"', '\\', ']', 'k') }), tie('value'), {
      maxKeys: 3,
    }),
  ),
})).value;

describe('splitArray', () => {
  // Compared as text: V8 24's JSON.parse takes the key `"` for a key `\` it has seen before, so it is no oracle here.
  it.each([
    undefined,
    1,
    '\t',
    '  \r',
  ])('gives the texts of the elements of any array, printed with indent %j', (indent) => {
    fc.assert(
      fc.property(fc.array(trickyJson, { maxLength: 6 }), (items) => {
        const printed = items.map((item) => JSON.stringify(item, null, indent));
        const body = Buffer.from(`[\n${printed.join(',\r\n')} ]`);
        expect(texts(splitArray(body)).map((text) => text.trim())).toEqual(printed);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps numbers as they were written', () => {
    const body = Buffer.from('[{"n":12345678901234567890.10},9007199254740993 , 1e2]');
    expect(texts(splitArray(body)).map((text) => text.trim())).toEqual([
      '{"n":12345678901234567890.10}',
      '9007199254740993',
      '1e2',
    ]);
  });

  it.each(['[]', '[ ]', '[\n\t]'])('finds nothing in %j', (body) => {
    expect(splitArray(Buffer.from(body))).toEqual([]);
  });

  it('takes linear time over strings full of backslashes', () => {
    const body = Buffer.from(JSON.stringify(['\\'.repeat(1_000_000), '"'.repeat(1_000_000)]));
    expect(splitArray(body)).toHaveLength(2);
  });
});

describe('eachLine', () => {
  it('tells lines as they came, without LF or CR LF, with the last one unended', () => {
    expect(linesOf('a\nb\r\nc')).toEqual(['a', 'b', 'c']);
  });

  it('leaves out blank lines', () => {
    expect(linesOf('\n \t\n\r\n  \r\na\n\n')).toEqual(['a']);
  });

  it('keeps blanks before, in and behind the text of a line', () => {
    expect(linesOf('  a b\t\t\n')).toEqual(['  a b\t\t']);
  });

  it('gives back every line of any text, in order', () => {
    const line = fc.string({ unit: 'binary' }).filter((text) => /[^ \t\r\n]/.test(text));
    fc.assert(
      fc.property(
        fc.array(
          line.map((text) => text.replace(/[\r\n]/g, ' ')),
          { maxLength: 9 },
        ),
        (lines) => {
          const whole = lines.filter((text) => /[^ \t]/.test(text));
          expect(linesOf(lines.join('\n'))).toEqual(
            whole.map((text) => Buffer.from(text).toString()),
          );
        },
      ),
    );
  });
});

describe('onOneLine', () => {
  it('turns line ends between tokens into blanks and changes nothing else', () => {
    const pretty = Buffer.from(
      JSON.stringify({ a: ['x\ny', { b: 1 }] }, null, 2).replaceAll('\n', '\r\n'),
    );
    const line = onOneLine(pretty);
    expect(line.includes('\n') || line.includes('\r')).toBe(false);
    expect(JSON.parse(line.toString())).toEqual({ a: ['x\ny', { b: 1 }] });
  });

  it('gives the same bytes when there is nothing to do', () => {
    const item = Buffer.from('{"a":1}');
    expect(onOneLine(item)).toBe(item);
  });
});

describe('firstToken', () => {
  it('skips a byte order mark and blanks', () => {
    expect(firstToken(Buffer.from('\ufeff \r\n\t[1]'))).toBe(7);
    expect(firstToken(Buffer.from(' \n'))).toBe(2);
  });
});
