import type { Pattern, PatternPart, Query } from '@tocsin/query/query.ts';
import fc from 'fast-check';
import type { SampledCollection } from './laboratory.ts';

/** What random queries of a collection are made of: fields and values that its documents have, so that many match. */
export interface QueryVocabulary {
  readonly text: readonly string[];
  readonly numbers: readonly string[];
  readonly times: readonly string[];
  readonly values: readonly string[];
}

const FIELDS: Readonly<Record<SampledCollection, Omit<QueryVocabulary, 'values'>>> = {
  events: {
    text: [
      ...['category', 'action', 'outcome', 'source.host', 'actor.name', 'actor.id', 'target.name'],
      ...['message', 'tags', 'rules', 'src_ip', 'attributes.a', 'attributes.b.c', 'attributes.d'],
      'attributes.cmdline',
    ],
    numbers: ['severity'],
    times: ['timestamp', 'ingested_at'],
  },
  alerts: {
    text: [
      ...['status', 'rule_id', 'rule_name', 'title', 'description', 'category', 'actor.name'],
      ...['actor.id', 'target.name', 'assignee', 'tags', 'hosts', 'src_ips'],
    ],
    numbers: ['severity', 'event_count'],
    times: ['timestamp'],
  },
};

/** Values that documents and queries of the property test share. */
export const SHARED_VALUES = [
  ...[
    'auth',
    'Auth',
    'bob',
    'BOB',
    'bob miller',
    'alice',
    'a',
    'b',
    'ab',
    'aab',
    '%',
    '_',
    'a%b',
    'a_b',
  ],
  ...[
    '\\',
    '\\a',
    "'",
    '"',
    "''",
    'É',
    'é',
    'Σ',
    'σ',
    'ς',
    'İ',
    'i',
    'ß',
    '😀',
    '日本',
    ' ',
    'a b',
  ],
  ...['10.1.2.3', '10.1.2.4', '22', '0', 'true', 'null', '-', '$1', '{now}', '\n', 'c:\\x'],
] as const;

/** Random queries over a collection: every kind of term, with values that occur. */
export function arbitraryQuery(collection: SampledCollection): fc.Arbitrary<Query> {
  const { text, numbers, times } = FIELDS[collection];
  const positions = { at: fc.constant(0), valueAt: fc.constant(0) };
  const value = fc.constantFrom(...SHARED_VALUES);
  const pattern = arbitraryPattern(value);
  const order = fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const);
  const leaf: fc.Arbitrary<Query> = fc.oneof(
    { arbitrary: fc.constant<Query>({ kind: 'all' }), weight: 1 },
    { arbitrary: fc.record({ kind: fc.constant('text' as const), pattern }), weight: 3 },
    {
      arbitrary: fc.record({
        kind: fc.constant('match' as const),
        field: fc.constantFrom(...text),
        pattern: fc.oneof(pattern, fc.constant<Pattern>([''])),
        ...positions,
      }),
      weight: 12,
    },
    {
      arbitrary: fc.record({
        kind: fc.constant('in' as const),
        field: fc.constantFrom(...text),
        values: fc.array(fc.oneof(value, fc.constant('')), { minLength: 2, maxLength: 4 }),
        at: fc.constant(0),
      }),
      weight: 3,
    },
    {
      arbitrary: fc.record({
        kind: fc.constant('exists' as const),
        field: fc.constantFrom(...text, ...numbers),
        at: fc.constant(0),
      }),
      weight: 3,
    },
    {
      arbitrary: fc.record({
        kind: fc.constant('compare' as const),
        field: fc.constantFrom(...numbers),
        op: order,
        value: fc
          .constantFrom('-1', '0', '5', 'high', '10')
          .filter((word) => word !== 'high' || collection === 'events'),
        ...positions,
      }),
      weight: 2,
    },
    {
      arbitrary: fc.record({
        kind: fc.constant('compare' as const),
        field: fc.constantFrom(...times),
        op: order,
        value: fc.constantFrom('2026-01-01', '2026-01-02T00:00:00.500Z', 'now-1d', '0'),
        ...positions,
      }),
      weight: 2,
    },
  );
  return fc.letrec<{ tree: Query }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      leaf,
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        operands: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('not' as const), operand: tie('tree') }),
    ),
  })).tree;
}

/** Patterns in their normal form: no two literals or `*` side by side, never `*` alone. */
function arbitraryPattern(value: fc.Arbitrary<string>): fc.Arbitrary<Pattern> {
  const any: PatternPart = { wildcard: '*' };
  const one: PatternPart = { wildcard: '?' };
  return fc.oneof(
    value.map((text): Pattern => [text]),
    value.map((text): Pattern => [text, any]),
    value.map((text): Pattern => [any, text]),
    value.map((text): Pattern => [any, text, any]),
    value.map((text): Pattern => [one, text, any]),
    fc.tuple(value, value).map(([head, tail]): Pattern => [head, any, tail]),
    fc.tuple(value, value).map(([head, tail]): Pattern => [head, one, tail]),
    fc.constantFrom<Pattern>([one], [one, one], [any, one], [one, any], [any, one, any]),
  );
}
