import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPlainYaml } from './read-plain-yaml.ts';
import { readAnyYaml } from './read-yaml.ts';

const RULE = `title: Whoami runs   # as a person writes it
id: 8518ed3d-f7c9-4601-a26c-f361a4256a0c
date: 2024-02-17
description: |
    Two lines: the first

      and one further in
references:
    - https://example.org/a#b
    - 'it''s quoted: all of it'  # why
    - "C:\\\\Temp\\t\\"x\\""
detection:
    selection_a:
    - EventID: 4688
      Image|endswith: '\\whoami.exe'
      Note:

          - ~
          - -1
          - -enc
          - False
    # a comment at another place
    selection_b:
        CommandLine|contains|all:
            - foo:bar
            - an address such as 10.0.0.1
            - 10.0.0.1
            - 7z.exe
    condition: selection_a or
        selection_b and
        not selection_c
---
---
'|all': x
"key two": done
`;

/** Left to the whole of YAML, whether it is right or wrong. */
const OTHER: readonly string[] = [
  'a: [b]',
  'a: {b: c}',
  'a: &b c',
  'a: *b',
  'a: !!str 1',
  'a: >\n  b\n',
  'a: |+\n  b\n\nc: d',
  'a: |\n\n  b\nc: d',
  'a: |\n  the text ends in it\n',
  'a: 007',
  'a: 1.5',
  'a: 1e3',
  'a: 0x17',
  'a: +1',
  'a: -0',
  'a: .inf',
  'a: 90071992547409930',
  'a:\nb: c',
  'a: b\na: c',
  'a: b: c',
  'a: b\n\n  c',
  'a: b # c\n  d',
  'a: b\n  # c\n  d',
  'a: "b\n  c"',
  "a: 'b",
  'a: "\\x41"',
  "a: 'b'c",
  "a: 'b'#c",
  '? a\n: b',
  'a: - b',
  'a:\n  - b\n - c',
  'a:\n    b: c\n  d: e',
  'a : b',
  '- a\n- b',
  'a:\n  -\n    b: c',
  'a:\n  - - b',
  '1: a',
  'null: a',
  'text',
  'a: @b',
  'a: b\n...\n',
  '--- a',
  '%YAML 1.2\n---\na: b',
  'a: b\tc',
  'a: b\r\nc: d\r\n',
  '\ufeffa: b',
  'a: \u2028',
];

const PIECES = [
  ' ',
  '  ',
  ': ',
  ':',
  '- ',
  '#',
  ' #',
  "'",
  '"',
  '\\',
  '|\n',
  '>',
  '[',
  '&a ',
  '*a',
];
const MORE = [
  '\n',
  '\n\n',
  '~',
  '0',
  '1e3',
  '-',
  '---\n',
  '\t',
  'a: b',
  '? ',
  '!',
  '{',
  'é',
  '=',
  '<<: ',
];

interface Change {
  readonly at: number;
  readonly left: number;
  readonly put: string;
}

function changed(text: string, changes: readonly Change[]): string {
  return changes.reduce((now, { at, left, put }) => {
    const place = Math.floor(at * (now.length + 1));
    return now.slice(0, place) + put + now.slice(place + left);
  }, text);
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  left: fc.nat({ max: 4 }),
  put: fc.constantFrom('', ...PIECES, ...MORE),
});

describe('readPlainYaml', () => {
  it('reads a rule as it is usually written as the whole of YAML reads it, places too', () => {
    const plain = readPlainYaml(RULE);
    expect(plain).toHaveLength(2);
    expect(plain).toEqual(readAnyYaml(RULE));
  });

  it.each(OTHER)('leaves %j to the whole of YAML', (text) => {
    expect(readPlainYaml(text)).toBeUndefined();
  });

  it('leaves long texts and deep ones to the reader that counts', () => {
    const deep = Array.from({ length: 18 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('');
    expect(readPlainYaml(`${deep}${' '.repeat(18)}a: b\n`)).toBeUndefined();
    expect(readPlainYaml(`a: ${'b'.repeat(256 * 1024)}`)).toBeUndefined();
  });

  it('gives what the whole of YAML gives, or nothing, whatever happens to a rule', () => {
    let read = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const text = changed(RULE, changes);
        const plain = readPlainYaml(text);
        if (plain === undefined) return;
        read += 1;
        expect(plain).toEqual(readAnyYaml(text));
      }),
      { seed: 3, numRuns: 1500 },
    );
    expect(read).toBeGreaterThan(100);
  });
});
