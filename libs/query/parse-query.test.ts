import { isProblem } from '@tocsin/kernel/problem.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatQuery } from './format-query.ts';
import { parseQuery, QUERY_DEPTH_MAX, QUERY_LENGTH_MAX, QUERY_NODES_MAX } from './parse-query.ts';
import type { Pattern, PatternPart, Query } from './query.ts';

/** Trees without the positions, which a printed query does not keep. */
function bare(query: Query): unknown {
  return JSON.parse(
    JSON.stringify(query, (key, value) => (key === 'at' || key === 'valueAt' ? undefined : value)),
  );
}

function faultOf(text: string): { position: unknown; expected: unknown; detail: string } {
  try {
    parseQuery(text);
  } catch (error) {
    if (!isProblem(error, 'invalid_query')) throw error;
    const { position, expected } = error.members;
    return { position, expected, detail: error.detail ?? '' };
  }
  throw new Error(`no fault in ${text}`);
}

const star = { wildcard: '*' } as const;
const match = (field: string, ...pattern: PatternPart[]) => ({ kind: 'match', field, pattern });
const word = (...pattern: PatternPart[]) => ({ kind: 'text', pattern });

const TREES: Readonly<Record<string, unknown>> = {
  '': { kind: 'all' },
  ' * ': { kind: 'all' },
  mimikatz: word('mimikatz'),
  '-enc': word('-enc'),
  '"a \\"b\\" c:\\\\d\\e"': word('a "b" c:\\d\\e'),
  'a*b?': word('a', star, 'b', { wildcard: '?' }),
  'a\\*b': word('a*b'),
  'category:auth': match('category', 'auth'),
  'category = auth': match('category', 'auth'),
  'actor.name:bob**': match('actor.name', 'bob', star),
  'src_ip:fe80::1': match('src_ip', 'fe80::1'),
  'attributes.a:b=c<d': match('attributes.a', 'b=c<d'),
  'attributes.User\\ Name:x': match('attributes.User Name', 'x'),
  'attributes.Image:*\\cmd.exe': match('attributes.Image', star, '\\cmd.exe'),
  'a:""': match('a', ''),
  'a:"*"': match('a', '*'),
  'a:*': { kind: 'exists', field: 'a' },
  'a!=b': { kind: 'not', operand: match('a', 'b') },
  'severity >= 5': { kind: 'compare', field: 'severity', op: '>=', value: '5' },
  'severity:>=5': { kind: 'compare', field: 'severity', op: '>=', value: '5' },
  'a<"b c"': { kind: 'compare', field: 'a', op: '<', value: 'b c' },
  'a:(b or "c d")': { kind: 'in', field: 'a', values: ['b', 'c d'] },
  'a:(b)': match('a', 'b'),
  'a:(b or c*)': { kind: 'or', operands: [match('a', 'b'), match('a', 'c', star)] },
  'a:(b and not c)': {
    kind: 'and',
    operands: [match('a', 'b'), { kind: 'not', operand: match('a', 'c') }],
  },
  'a b OR c': {
    kind: 'or',
    operands: [{ kind: 'and', operands: [word('a'), word('b')] }, word('c')],
  },
  'NOT a And b': { kind: 'and', operands: [{ kind: 'not', operand: word('a') }, word('b')] },
  '(a or b) and c': {
    kind: 'and',
    operands: [{ kind: 'or', operands: [word('a'), word('b')] }, word('c')],
  },
  'android order nothing': {
    kind: 'and',
    operands: [word('android'), word('order'), word('nothing')],
  },
};

const FAULTS: Readonly<Record<string, readonly [position: number, expected: RegExp]>> = {
  'a and': [5, /a word, a phrase/],
  'and b': [0, /write "and"/],
  '(a or b': [7, /`\)`/],
  'a)': [1, /the end of the query/],
  '"abc': [4, /closing/],
  '""': [0, /at least one character/],
  'actor.name:': [11, /a value/],
  'actor.name: or b': [12, /a value \(write "or"/],
  'severity >= 5*': [12, /without wildcards/],
  'sev*:5': [0, /field name without wildcards/],
  'a:(b c)': [5, /`or`, `and`/],
  'eval(x)': [4, /quotes/],
  '"a"b': [3, /a space/],
  'a && b': [2, /`and` or `or`/],
  'a\0b': [1, /NUL/],
  'a \ud800': [2, /half characters/],
  ':x': [0, /a word/],
};

describe('parseQuery', () => {
  it.each(Object.entries(TREES))('parses %j', (text, tree) => {
    expect(bare(parseQuery(text))).toEqual(tree);
  });

  it.each(Object.entries(FAULTS))('points at the fault of %j', (text, [position, expected]) => {
    const fault = faultOf(text);
    expect(fault.position).toBe(position);
    expect(fault.expected).toMatch(expected);
  });

  it('shows the fault with a caret below the query', () => {
    expect(faultOf('category:auth and (severity').detail).toBe(
      'expected `)`, found the end, at character 28\n' +
        '  category:auth and (severity\n' +
        '                             ^',
    );
  });

  it('says where a term stands', () => {
    expect(parseQuery('a and  b:c')).toMatchObject({
      operands: [{}, { kind: 'match', at: 7, valueAt: 9 }],
    });
  });

  it('accepts a query at each limit and refuses one past it', () => {
    expect(parseQuery('a'.repeat(QUERY_LENGTH_MAX)).kind).toBe('text');
    expect(faultOf('a'.repeat(QUERY_LENGTH_MAX + 1)).expected).toMatch(/4096/);
    const terms = (count: number): string => Array.from({ length: count }, () => 'a').join(' or ');
    expect(parseQuery(terms(QUERY_NODES_MAX - 1)).kind).toBe('or');
    expect(faultOf(terms(QUERY_NODES_MAX + 1)).expected).toMatch(/200 terms/);
    const deep = (depth: number): string => `${'('.repeat(depth)}a${')'.repeat(depth)}`;
    expect(parseQuery(deep(QUERY_DEPTH_MAX)).kind).toBe('text');
    expect(faultOf(deep(QUERY_DEPTH_MAX + 1)).expected).toMatch(/30 levels/);
    expect(faultOf(`${'not '.repeat(QUERY_DEPTH_MAX + 1)}a`).expected).toMatch(/30 levels/);
  });

  it('gives a tree or invalid_query for any text', () => {
    const pieces = fc.constantFrom(
      ...['a', 'and', 'or', 'not', '(', ')', ':', '"', '\\', '*', '?', ' ', '<', '>=', '!=', '='],
      ...['\n', '\u00a0', '-', '&&', 'é', '😀', 'f:', 'x.y', '[', '}'],
    );
    const text = fc.oneof(
      fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
    );
    fc.assert(
      fc.property(text, (query) => {
        try {
          parseQuery(query);
        } catch (error) {
          if (!isProblem(error, 'invalid_query')) throw error;
          const { position } = error.members;
          expect(position).toBeGreaterThanOrEqual(0);
          expect(position).toBeLessThanOrEqual(query.length);
        }
      }),
      { numRuns: 5000 },
    );
  });
});

const plainText = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  fc.constantFrom('and', 'OR', 'a b', '"', '\\', '\\"', '*', 'a\\', '>=5', ':', '\u2003', '&&'),
);
const text = plainText.filter((value) => value.isWellFormed() && !value.includes('\0'));
const field = fc.constantFrom('category', 'actor.name', 'attributes.a b', 'attributes.x"*(\\');
const wildcard = fc.constantFrom<PatternPart>({ wildcard: '*' }, { wildcard: '?' });
const pattern: fc.Arbitrary<Pattern> = fc.oneof(
  text.map((value) => [value]),
  fc
    .array(fc.oneof(text, wildcard), { minLength: 2, maxLength: 5 })
    .map(normalPattern)
    .filter((parts) => parts.length > 1),
);

function normalPattern(parts: readonly PatternPart[]): Pattern {
  const result: PatternPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    const star = (value: PatternPart | undefined): boolean =>
      typeof value === 'object' && value.wildcard === '*';
    if (typeof part === 'string' && typeof last === 'string') {
      result[result.length - 1] = last + part;
    } else if (!(star(part) && star(last))) {
      result.push(part);
    }
  }
  return result;
}

const positions = { at: fc.constant(0), valueAt: fc.constant(0) };

const leaf: fc.Arbitrary<Query> = fc.oneof(
  fc.constant<Query>({ kind: 'all' }),
  fc.record({ kind: fc.constant('text' as const), pattern }),
  fc.record({ kind: fc.constant('match' as const), field, pattern, ...positions }),
  fc.record({
    kind: fc.constant('match' as const),
    field,
    pattern: fc.constant<Pattern>(['']),
    ...positions,
  }),
  fc.record({
    kind: fc.constant('compare' as const),
    field,
    op: fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const),
    value: text,
    ...positions,
  }),
  fc.record({
    kind: fc.constant('in' as const),
    field,
    values: fc.array(text, { minLength: 2, maxLength: 4 }),
    at: fc.constant(0),
  }),
  fc.record({ kind: fc.constant('exists' as const), field, at: fc.constant(0) }),
);

const { tree } = fc.letrec<{ tree: Query }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), operand: tie('tree') }),
  ),
}));

describe('formatQuery', () => {
  it('prints text that parses to the same tree', () => {
    fc.assert(
      fc.property(tree, (query) => {
        const printed = formatQuery(query);
        fc.pre(
          printed.length < QUERY_LENGTH_MAX && JSON.stringify(query).split('kind').length < 150,
        );
        expect(bare(parseQuery(printed))).toEqual(bare(query));
      }),
      { numRuns: 3000 },
    );
  });
});
