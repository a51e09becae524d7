import { assert } from '@tocsin/kernel/assert.ts';
import { attributePaths, type Field, LIST_SEPARATOR } from './fields.ts';

/** Adds a value to a statement and gives its placeholder. */
export type Bind = (value: string) => string;

/** A test of one lower-cased text expression, as SQL that is never NULL when the expression is not. */
export type TextPredicate = (text: string) => string;

/** What differs between the SQL engines that hold documents. All text arguments are trusted SQL. */
export interface SqlDialect {
  readonly name: 'duckdb' | 'postgres';
  contains(text: string, part: string): string;
  startsWith(text: string, part: string): string;
  endsWith(text: string, part: string): string;
  /** A time, milliseconds since 1970, in the type of time columns. */
  time(ms: number): string;
  /** A time column as whole milliseconds since 1970. */
  milliseconds(time: string): string;
  /** Some value of a list column, lower-cased, passes. */
  anyValue(list: string, test: TextPredicate): string;
  listPresent(list: string): string;
  /** The distinct values of a list column as an array; one empty text when there are none. */
  values(list: string): string;
  attribute(field: Field, bind: Bind): AttributeSql;
}

/** What can be asked of an attribute. */
export interface AttributeSql {
  readonly present: string;
  /** The value as text where it is one value; else `''`. */
  readonly text: string;
  matches(test: TextPredicate): string;
}

const SEPARATOR = `chr(${LIST_SEPARATOR.charCodeAt(0)})`;

/**
 * Events: times are BIGINT milliseconds, lists one VARCHAR with U+001F round each value, attributes JSON text.
 * `->>` and `->` bind weakly in DuckDB, so functions are used instead.
 */
const duckdb: SqlDialect = {
  name: 'duckdb',
  contains: (text, part) => `contains(${text}, ${part})`,
  startsWith: (text, part) => `starts_with(${text}, ${part})`,
  endsWith: (text, part) => `ends_with(${text}, ${part})`,
  time: (ms) => integer(ms),
  milliseconds: (time) => time,
  anyValue: (list, test) =>
    `len(list_filter(string_split(lower(${list}), ${SEPARATOR}), lambda item: ${test('item')})) > 0`,
  listPresent: (list) => `replace(${list}, ${SEPARATOR}, '') <> ''`,
  values: (list) =>
    `case when replace(${list}, ${SEPARATOR}, '') = '' then [''] else ` +
    `list_distinct(list_filter(string_split(${list}, ${SEPARATOR}), lambda item: item <> '')) end`,
  attribute(field, bind) {
    // JSON pointers (RFC 6901) reach every key, whatever characters it has.
    const pointers = attributePaths(field).map((path) =>
      bind(path.map((step) => `/${pointerStep(step)}`).join('')),
    );
    const first = (read: (pointer: string) => string): string => {
      const found = pointers.map(read);
      return found.length === 1 ? `${found[0]}` : `coalesce(${found.join(', ')})`;
    };
    // A JSON null is not SQL's NULL: it must give way to the next path, as it does where text is read.
    const json = first((pointer) => `nullif(json_extract(${field.sql}, ${pointer}), 'null')`);
    const plain = first((pointer) => `json_extract_string(${field.sql}, ${pointer})`);
    const text = `coalesce(json_extract_string(${json}, '$'), '')`;
    const someItem = (test: TextPredicate): string =>
      `len(list_filter(json_extract(${json}, '$[*]'), lambda item: ` +
      `json_type(item) not in ('OBJECT', 'ARRAY', 'NULL') and ` +
      `${test(`lower(json_extract_string(item, '$'))`)})) > 0`;
    const byKind = (list: string, object: string, other: string): string =>
      `case json_type(${json}) when 'ARRAY' then ${list} when 'OBJECT' then ${object} else ${other} end`;
    // Reading JSON is what costs: the text is taken once, and only what looks like a list or object is read again.
    const quick = (slow: string, test: TextPredicate): string =>
      `list_transform([coalesce(${plain}, '')], ` +
      `lambda value: case when left(value, 1) in ('[', '{') then (${slow}) else ${test('value')} end)[1]`;
    const filled: TextPredicate = (value) => `${value} <> ''`;
    return {
      present: quick(byKind(someItem(filled), 'true', filled(text)), filled),
      text: quick(byKind(`''`, `''`, text), (value) => value),
      matches: (test) =>
        quick(byKind(someItem(test), 'false', test(`lower(${text})`)), (value) =>
          test(`lower(${value})`),
        ),
    };
  },
};

/** PostgreSQL has no times before 4713 BC. */
const FIRST_TIME = -210_000_000_000_000;

/** Alerts: times are timestamptz(3), lists text[]. */
const postgres: SqlDialect = {
  name: 'postgres',
  contains: (text, part) => `strpos(${text}, ${part}) > 0`,
  startsWith: (text, part) => `starts_with(${text}, ${part})`,
  endsWith: (text, part) => `right(${text}, length(${part})) = ${part}`,
  time: (ms) => `to_timestamp(${integer(Math.max(ms, FIRST_TIME))} / 1000.0)`,
  milliseconds: (time) => `(extract(epoch from ${time}) * 1000)::bigint`,
  anyValue: (list, test) =>
    `exists (select from unnest(${list}) as item where ${test('lower(item)')})`,
  listPresent: (list) => `exists (select from unnest(${list}) as item where item <> '')`,
  values: (list) =>
    `case when exists (select from unnest(${list}) as item where item <> '') ` +
    `then array(select distinct item from unnest(${list}) as item where item <> '') else array[''] end`,
  attribute(field) {
    assert(false, `no collection in PostgreSQL has attributes: ${field.name}`);
  },
};

/** The SQL dialects by name. */
export const SQL_DIALECTS: Readonly<Record<SqlDialect['name'], SqlDialect>> = { duckdb, postgres };

/** A checked number as a literal: engines prune by literals, not by parameters. */
export function integer(value: number): string {
  assert(Number.isSafeInteger(value), 'a number in a query is a safe integer');
  return value < 0 ? `(${value})` : `${value}`;
}

function pointerStep(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}
