import fc from 'fast-check';

/** Letters whose case folds in a special way, wildcards, escapes, dashes, pairs and a line end. */
const LETTERS = ['a', 'A', 'b', 'k', '\u212a', 's', '\u017f', '\u03c3', '\u03c2', '\u0130', 'i'];
const OTHERS = ['-', '/', '.', ' ', '\n', '1', '\u{1f600}', '\u{10400}', '\u{10428}', '%', '\\'];

const eventText = fc.string({
  unit: fc.constantFrom(...LETTERS, ...OTHERS, '*', '?'),
  maxLength: 8,
});
const ruleText = fc.string({
  unit: fc.constantFrom(...LETTERS, ...OTHERS, '*', '?', '\\*', '\\?', '\\\\'),
  maxLength: 5,
});

const FIELDS = ['F', 'G', 'a.b', 'a', 'a.b.c'];
const number = fc.constantFrom(0, 1, -1, 10, 1.5, 4688, 9007199254740993n);
const scalar = fc.oneof(
  { weight: 5, arbitrary: eventText },
  { weight: 1, arbitrary: number },
  { weight: 1, arbitrary: fc.constantFrom(true, false, null, '') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('10.1.2.3', '::ffff:10.1.2.3', 'fe80::1%eth0', '11.0.0.1'),
  },
  { weight: 1, arbitrary: fc.constantFrom('2024-12-30T23:05:00Z', '1735599900', '2026-01-01') },
);

/** Any JSON an event can be: flat, nested, lists, and names that look like paths. */
export const arbitraryEvent: fc.Arbitrary<Record<string, unknown>> = fc.dictionary(
  fc.constantFrom(...FIELDS, 'b', 'c', '__proto__'),
  fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'event' },
      { weight: 4, arbitrary: scalar },
      { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
      {
        weight: 2,
        arbitrary: fc.dictionary(fc.constantFrom('b', 'c', 'F'), tie('value'), { maxKeys: 3 }),
      },
    ),
  })).value,
  { maxKeys: 5, noNullPrototype: true },
);

const list = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | Value[]> =>
  fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 4 }));
const affix = fc.constantFrom('', '|contains', '|startswith', '|endswith');
const all = fc.constantFrom('', '', '|all');
const cased = fc.constantFrom('', '', '|cased');
const neq = fc.constantFrom('', '', '', '|neq');
const named = (
  field: fc.Arbitrary<string>,
  modifiers: fc.Arbitrary<string>[],
  value: fc.Arbitrary<unknown>,
): fc.Arbitrary<[string, unknown]> =>
  fc
    .tuple(field, fc.tuple(...modifiers), value)
    .map(([name, parts, content]) => [`${name}${parts.join('')}`, content]);

const field = fc.constantFrom(...FIELDS);
const literal = (text: string): fc.Arbitrary<string> => fc.constant(text);
const ruleRegex = fc.constantFrom(
  'a+b',
  '^a',
  'k$',
  '(?i)S',
  '[^a]b',
  '.',
  '\\bb',
  'a|\u03c3',
  '(a|b)k',
);
const item = fc.oneof(
  { weight: 6, arbitrary: named(field, [affix, all, cased, neq], list(ruleText)) },
  { weight: 2, arbitrary: named(field, [neq], list(fc.oneof(scalar, fc.constant('*')))) },
  {
    weight: 2,
    arbitrary: named(literal(''), [affix, all, cased], list(fc.oneof(ruleText, number))),
  },
  { weight: 2, arbitrary: named(field, [affix, literal('|windash')], list(ruleText)) },
  {
    weight: 2,
    arbitrary: named(field, [literal('|re'), fc.constantFrom('', '|i', '|m|s')], list(ruleRegex)),
  },
  { weight: 1, arbitrary: named(literal(''), [literal('|re')], list(ruleRegex)) },
  {
    weight: 1,
    arbitrary: named(
      field,
      [fc.constantFrom('|wide', '|utf16|base64', '|base64', '|base64offset', '|utf16be')],
      fc.constantFrom('ab', 'k', 'As'),
    ),
  },
  {
    weight: 1,
    arbitrary: named(
      field,
      [literal('|cidr')],
      list(fc.constantFrom('10.0.0.0/8', '10.1.2.3', 'fe80::/10', '0.0.0.0/0', '::/0')),
    ),
  },
  {
    weight: 1,
    arbitrary: named(field, [fc.constantFrom('|lt', '|lte', '|gt', '|gte'), neq], list(number)),
  },
  {
    weight: 1,
    arbitrary: named(
      field,
      [fc.constantFrom('|minute', '|hour|gte', '|lt|day', '|week', '|month', '|year')],
      fc.constantFrom(1, 5, 12, 23, 2024, 2026),
    ),
  },
  { weight: 1, arbitrary: named(field, [literal('|exists')], fc.boolean()) },
  {
    weight: 2,
    arbitrary: named(field, [literal('|fieldref'), affix, cased, neq], fc.constantFrom(...FIELDS)),
  },
);
const map = fc
  .array(item, { minLength: 1, maxLength: 3 })
  .map((items) => Object.fromEntries(items));
const selection = fc.oneof(
  { weight: 4, arbitrary: map },
  { weight: 1, arbitrary: fc.array(fc.oneof(map, ruleText), { minLength: 1, maxLength: 3 }) },
);
const condition = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'condition' },
    fc.constantFrom('s0', 's1', 's2', '1 of s*', 'all of them', 'all of s*'),
    tie('node').map((part) => `not ${part}`),
    fc
      .tuple(tie('node'), fc.constantFrom('and', 'or'), tie('node'))
      .map(([left, word, right]) => `(${left} ${word} ${right})`),
  ),
})).node as fc.Arbitrary<string>;

/** A rule document as JSON, which is YAML: every modifier, value form and condition. */
export const arbitraryRule: fc.Arbitrary<string> = fc
  .tuple(selection, selection, selection, condition)
  .map(([s0, s1, s2, text]) => {
    const document = {
      title: 'generated',
      logsource: { product: 'test' },
      detection: { s0, s1, s2, condition: text },
    };
    return JSON.stringify(document, (_, value) =>
      typeof value === 'bigint' ? `BIG${value}` : value,
    ).replaceAll(/"BIG(\d+)"/g, '$1');
  });
