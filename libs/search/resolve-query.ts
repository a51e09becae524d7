import { SEVERITY_LABELS, severityLabel } from '@tocsin/contracts/severity.ts';
import { never } from '@tocsin/kernel/assert.ts';
import type { Problem } from '@tocsin/kernel/problem.ts';
import { isUuid } from '@tocsin/kernel/uuid.ts';
import { literalOf, type Pattern, type Query } from '@tocsin/query/query.ts';
import { queryProblem } from '@tocsin/query/query-fault.ts';
import { parseAddressRange } from './address-range.ts';
import type { Condition } from './condition.ts';
import { FIELDS, type Field, findField } from './fields.ts';
import { foldCase } from './fold-case.ts';
import { parseTime } from './parse-time.ts';
import type { Collection } from './search-store.ts';
import { textTest } from './text-test.ts';

/** What a query is read against. */
export interface QueryScope {
  readonly collection: Collection;
  /** What `now` in a query means, milliseconds since 1970. */
  readonly now: number;
}

/**
 * Checks names and types of a query and gives every term its meaning, alike for all engines.
 * UNTRUSTED: names and values of the query are user text.
 *
 * @throws Problem `invalid_query` at the field or value at fault; `withQueryText` adds the caret
 */
export function resolveQuery(query: Query, scope: QueryScope): Condition {
  switch (query.kind) {
    case 'all':
      return { kind: 'constant', value: true };
    case 'and':
    case 'or':
      return {
        kind: query.kind,
        operands: query.operands.map((operand) => resolveQuery(operand, scope)),
      };
    case 'not':
      return negation(resolveQuery(query.operand, scope));
    case 'text':
      return bareWord(query.pattern, scope.collection);
    case 'match':
      return matches(fieldOf(query.field, query.at, scope), query.pattern, query.valueAt, scope);
    case 'in': {
      const field = fieldOf(query.field, query.at, scope);
      return oneOf(field, query.values, query.at, scope);
    }
    case 'exists':
      return { kind: 'present', field: fieldOf(query.field, query.at, scope) };
    case 'compare':
      return compared(query, fieldOf(query.field, query.at, scope), scope);
    default:
      return never(query);
  }
}

function negation(operand: Condition): Condition {
  return { kind: 'not', operand };
}

function fieldOf(name: string, at: number, scope: QueryScope): Field {
  const field = findField(scope.collection, name);
  if (field !== undefined) return field;
  throw queryProblem({
    position: at,
    expected: `a field of ${scope.collection} (${likeNames(name, scope.collection).join(', ')}) or quotes round text with a colon`,
    found: `\`${shown(name)}\``,
  });
}

/** The fields whose names contain what was typed, as `ip` and `Name` do; all of them when none does. */
function likeNames(typed: string, collection: Collection): readonly string[] {
  const names = FIELDS[collection].map((known) => known.name);
  if (collection === 'events') names.push('attributes.NAME');
  const like = names.filter((known) => known.includes(typed.toLowerCase()));
  return like.length > 0 ? like : names;
}

function bareWord(pattern: Pattern, collection: Collection): Condition {
  const test = textTest(pattern, false);
  // Long text first: most words that are found are found there, and the rest is then not looked at.
  const bare = FIELDS[collection].filter((field) => field.bareWord);
  const fields = [
    ...bare.filter((field) => field.type === 'text'),
    ...bare.filter((field) => field.type !== 'text'),
  ];
  return { kind: 'or', operands: fields.map((field) => ({ kind: 'text', field, test })) };
}

function matches(field: Field, pattern: Pattern, at: number, scope: QueryScope): Condition {
  const literal = literalOf(pattern);
  switch (field.type) {
    case 'keyword':
    case 'attribute':
    case 'text':
      if (literal === '') return negation({ kind: 'present', field });
      return { kind: 'text', field, test: textTest(pattern, field.type !== 'text') };
    case 'ip':
      return address(field, pattern, at);
    case 'uuid':
      if (literal === '') return negation({ kind: 'present', field });
      if (literal === undefined) return { kind: 'text', field, test: textTest(pattern, true) };
      if (!isUuid(literal)) throw wrongValue(field, 'a UUID', literal, at);
      return { kind: 'uuid', field, value: literal.toLowerCase() };
    case 'boolean': {
      const word = literal?.toLowerCase();
      if (word !== 'true' && word !== 'false') {
        throw wrongValue(field, '`true` or `false`', literal, at);
      }
      return { kind: 'truth', field, value: word === 'true' };
    }
    case 'integer':
    case 'severity':
    case 'time': {
      const [min, max] = numbersOf(field, literal, at, scope);
      return { kind: 'range', field, min, max };
    }
    default:
      return never(field.type);
  }
}

function address(field: Field, pattern: Pattern, at: number): Condition {
  const literal = literalOf(pattern);
  if (literal === '') return negation({ kind: 'present', field });
  if (!literal?.includes('/')) return { kind: 'text', field, test: textTest(pattern, true) };
  const range = parseAddressRange(literal);
  if (range === undefined)
    throw wrongValue(field, 'an IPv4 range such as 10.1.0.0/16', literal, at);
  if (range.addresses.length > 0) {
    return { kind: 'text', field, test: { op: 'in', values: range.addresses } };
  }
  const operands = range.prefixes.map((text): Condition => {
    // Of 0.0.0.0/0 the prefix is empty: any address of version 4.
    const test =
      text === '' ? ({ op: 'contains', text: '.' } as const) : ({ op: 'prefix', text } as const);
    return { kind: 'text', field, test };
  });
  return { kind: 'or', operands };
}

/** Values that are compared whole are one test: engines look a row up among them, however many there are. */
function oneOf(field: Field, values: readonly string[], at: number, scope: QueryScope): Condition {
  const whole = values.filter((value) => isComparedWhole(field, value));
  const others = values.filter((value) => !isComparedWhole(field, value));
  const operands = others.map((value) => matches(field, [value], at, scope));
  if (whole.length > 0) {
    operands.unshift({ kind: 'text', field, test: { op: 'in', values: whole.map(foldCase) } });
  }
  const [only] = operands;
  return operands.length === 1 && only !== undefined ? only : { kind: 'or', operands };
}

function isComparedWhole({ type }: Field, value: string): boolean {
  if (value === '') return false;
  return type === 'keyword' || type === 'attribute' || (type === 'ip' && !value.includes('/'));
}

function compared(
  query: Extract<Query, { kind: 'compare' }>,
  field: Field,
  scope: QueryScope,
): Condition {
  if (field.type !== 'integer' && field.type !== 'severity' && field.type !== 'time') {
    throw queryProblem({
      position: query.at,
      expected: `a field with an order before \`${query.op}\` (a number or a time)`,
      found: `\`${shown(field.name)}\``,
    });
  }
  const [first, last] = numbersOf(field, query.value, query.valueAt, scope);
  const none = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
  switch (query.op) {
    case '<':
      return { kind: 'range', field, ...none, max: first - 1 };
    case '<=':
      return { kind: 'range', field, ...none, max: last };
    case '>':
      return { kind: 'range', field, ...none, min: last + 1 };
    case '>=':
      return { kind: 'range', field, ...none, min: first };
    default:
      return never(query.op);
  }
}

/** First and last number that a literal stands for: `high` is 7 to 8, a date is a day. */
function numbersOf(
  field: Field,
  literal: string | undefined,
  at: number,
  scope: QueryScope,
): readonly [number, number] {
  if (field.type === 'time') {
    const span = literal === undefined ? undefined : parseTime(literal, scope.now);
    if (span !== undefined) return [span.from, span.to - 1];
    const expected =
      'a time such as 2026-01-31, 2026-01-31T10:00:00Z, now-1h or milliseconds since 1970';
    throw wrongValue(field, expected, literal, at);
  }
  const labelled = field.type === 'severity' ? severitiesOf(literal?.toLowerCase()) : undefined;
  if (labelled !== undefined) return labelled;
  const number =
    literal !== undefined && /^-?\d{1,15}$/.test(literal) ? Number(literal) : undefined;
  if (number !== undefined) return [number, number];
  const words = field.type === 'severity' ? ` or one of ${SEVERITY_LABELS.join(', ')}` : '';
  throw wrongValue(field, `a whole number${words}`, literal, at);
}

function severitiesOf(label: string | undefined): readonly [number, number] | undefined {
  const numbers = Array.from({ length: 11 }, (_, severity) => severity);
  const named = numbers.filter((severity) => severityLabel(severity) === label);
  const first = named[0];
  const last = named.at(-1);
  return first === undefined || last === undefined ? undefined : [first, last];
}

function wrongValue(
  field: Field,
  expected: string,
  literal: string | undefined,
  position: number,
): Problem {
  const found = literal === undefined ? 'a wildcard' : `\`${shown(literal)}\``;
  return queryProblem({ position, expected: `${expected} for \`${field.name}\``, found });
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60).toWellFormed()}...` : text;
}
