import { assert, never } from '@tocsin/kernel/assert.ts';
import type { Pattern, Query } from '@tocsin/query/query.ts';
import type { Condition, TextTest } from './condition.ts';
import { type Field, findField, isFoldedWhole, LIST_SEPARATOR, ROW_KEYS } from './fields.ts';
import { isCaseless } from './fold-case.ts';
import { resolveQuery } from './resolve-query.ts';
import type { Collection, SearchRequest, TimeRange } from './search-store.ts';
import { type Bind, integer, SQL_DIALECTS, type SqlDialect } from './sql-dialect.ts';

/** Where and how a statement is built. */
export interface SqlScope {
  readonly collection: Collection;
  readonly dialect: SqlDialect['name'];
  /** What `now` means, milliseconds since 1970. */
  readonly now: number;
  /** Placeholders `$1`, `$2`... are taken from here on: values already bound come first. Grows. */
  readonly values: string[];
}

/** A row's place in the order of its collection: what a cursor holds. */
export interface RowPosition {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** A UUID. */
  readonly id: string;
}

/**
 * A query as a boolean SQL expression in parentheses. Text is bound (pushed to `scope.values`); numbers, which are
 * checked safe integers, stand as literals. Never NULL, so it can be negated.
 *
 * @throws Problem `invalid_query` for a field or type that does not fit
 */
export function compileQuery(query: Query, scope: SqlScope): string {
  return compileCondition(resolveQuery(query, scope), scope);
}

/** A checked condition as {@link compileQuery} has it. */
export function compileCondition(condition: Condition, scope: SqlScope): string {
  return new SqlCompiler(scope).condition(condition);
}

/** The range of a request as SQL: a half-open range of the collection's time. */
export function compileRange(range: TimeRange, scope: SqlScope): string {
  const time = timeColumn(scope.collection);
  const { time: literal } = SQL_DIALECTS[scope.dialect];
  const from = Math.ceil(range.from);
  const to = Math.ceil(range.to);
  return `(${time} >= ${literal(from)} and ${time} < ${literal(to)})`;
}

/** Rows after a position in the order, as SQL; and the `order by` list. */
export function compileOrder(
  order: NonNullable<SearchRequest['order']>,
  after: RowPosition | undefined,
  scope: SqlScope,
): { readonly after: string; readonly orderBy: string } {
  const time = timeColumn(scope.collection);
  const id = fieldNamed(scope.collection, ROW_KEYS[scope.collection].id).sql;
  const direction = order === 'newest' ? 'desc' : 'asc';
  const orderBy = `${time} ${direction}, ${id} ${direction}`;
  if (after === undefined) return { after: 'true', orderBy };
  const dialect = SQL_DIALECTS[scope.dialect];
  const at = dialect.time(after.time);
  const row = `cast(${binder(scope)(after.id)} as uuid)`;
  const sign = order === 'newest' ? '<' : '>';
  // The first term alone lets an engine prune by time.
  return {
    after: `(${time} ${sign}= ${at} and (${time} ${sign} ${at} or ${id} ${sign} ${row}))`,
    orderBy,
  };
}

/** The start of the bar a row falls into, milliseconds since 1970, as SQL of a whole number. */
export function compileBar(intervalMs: number, scope: SqlScope): string {
  const ms = SQL_DIALECTS[scope.dialect].milliseconds(timeColumn(scope.collection));
  const width = integer(intervalMs);
  // The remainder of a negative time is negative in both engines.
  return `(${ms} - ((${ms} % ${width}) + ${width}) % ${width})`;
}

/** A field as groups are made of it: SQL text, `''` where absent. */
export interface GroupSql {
  readonly sql: string;
  /** True when `sql` is an array of texts to be unnested. */
  readonly list: boolean;
}

/**
 * The values of a field for grouping. Attributes that are lists or objects count as absent.
 *
 * @throws Problem `invalid_query` when there is no such field, or it is long text or a time
 */
export function compileGroup(field: Field, scope: SqlScope): GroupSql {
  const dialect = SQL_DIALECTS[scope.dialect];
  if (field.list) return { sql: dialect.values(field.sql), list: true };
  if (field.type === 'attribute') {
    return { sql: dialect.attribute(field, binder(scope)).text, list: false };
  }
  if (field.type === 'keyword' || field.type === 'ip') return { sql: field.sql, list: false };
  return { sql: `coalesce(cast(${columnOf(field, scope)} as varchar), '')`, list: false };
}

class SqlCompiler {
  readonly #scope: SqlScope;
  readonly #dialect: SqlDialect;
  readonly #bind: Bind;

  constructor(scope: SqlScope) {
    this.#scope = scope;
    this.#dialect = SQL_DIALECTS[scope.dialect];
    this.#bind = binder(scope);
  }

  condition(condition: Condition): string {
    switch (condition.kind) {
      case 'constant':
        return condition.value ? 'true' : 'false';
      case 'and':
      case 'or': {
        const operands = condition.operands.map((operand) => this.condition(operand));
        return `(${operands.join(` ${condition.kind} `)})`;
      }
      case 'not':
        return `(not ${this.condition(condition.operand)})`;
      case 'present':
        return this.#present(condition.field);
      case 'text':
        return `(${this.#text(condition.field, condition.test)})`;
      case 'uuid':
        return `coalesce(${condition.field.sql} = cast(${this.#bind(condition.value)} as uuid), false)`;
      case 'range':
        return this.#range(condition);
      case 'truth':
        return `(${columnOf(condition.field, this.#scope)} = ${condition.value})`;
      default:
        return never(condition);
    }
  }

  #present(field: Field): string {
    if (field.list) return `(${this.#dialect.listPresent(field.sql)})`;
    switch (field.type) {
      case 'attribute':
        return this.#dialect.attribute(field, this.#bind).present;
      case 'keyword':
      case 'text':
      case 'ip':
        return `(${field.sql} <> '')`;
      case 'uuid':
        return `(${field.sql} is not null)`;
      default:
        return 'true';
    }
  }

  #range(condition: Extract<Condition, { kind: 'range' }>): string {
    const { field, min, max } = condition;
    const literal = field.type === 'time' ? this.#dialect.time : integer;
    const terms = [
      ...(Number.isFinite(min) ? [`${field.sql} >= ${literal(min)}`] : []),
      ...(Number.isFinite(max) ? [`${field.sql} <= ${literal(max)}`] : []),
    ];
    return `(${terms.join(' and ')})`;
  }

  #text(field: Field, test: TextTest): string {
    if (field.list) return this.#listText(field, test);
    if (field.type === 'attribute') {
      const predicate = this.#predicate(test);
      return this.#dialect.attribute(field, this.#bind).matches(predicate);
    }
    if (
      field.folded !== undefined &&
      isLookup(test, isFoldedWhole) &&
      this.#dialect.name === 'postgres'
    ) {
      return this.#predicate(test)(field.folded);
    }
    // What has no letters is as it is written: DuckDB then looks it up in its dictionaries (measured: 3 to 20 times).
    if (isLookup(test, isCaseless) && field.type !== 'uuid') {
      return this.#predicate(test)(field.sql);
    }
    const text = field.type === 'uuid' ? `coalesce(cast(${field.sql} as varchar), '')` : field.sql;
    return this.#predicate(test)(`lower(${text})`);
  }

  /** Values are bound once, however often the predicate is used. */
  #predicate(test: TextTest): (text: string) => string {
    switch (test.op) {
      case 'in': {
        const values = test.values.map(this.#bind);
        return (text) =>
          values.length === 1 ? `${text} = ${values[0]}` : `${text} in (${values.join(', ')})`;
      }
      case 'prefix': {
        const part = this.#bind(test.text);
        return (text) => this.#dialect.startsWith(text, part);
      }
      case 'suffix': {
        const part = this.#bind(test.text);
        return (text) => this.#dialect.endsWith(text, part);
      }
      case 'contains': {
        const part = this.#bind(test.text);
        return (text) => this.#dialect.contains(text, part);
      }
      case 'like': {
        const pattern = this.#bind(likePattern(test.pattern));
        return (text) => `${text} like ${pattern} escape '\\'`;
      }
      default:
        return never(test);
    }
  }

  /** In DuckDB a list is one text, so all but patterns are plain searches in it. */
  #listText(field: Field, test: TextTest): string {
    if (this.#dialect.name === 'postgres' || test.op === 'like') {
      return this.#dialect.anyValue(field.sql, this.#predicate(test));
    }
    const texts = test.op === 'in' ? test.values : [test.text];
    const head = test.op === 'in' || test.op === 'prefix' ? LIST_SEPARATOR : '';
    const tail = test.op === 'in' || test.op === 'suffix' ? LIST_SEPARATOR : '';
    const terms = texts
      .filter((text) => !text.includes(LIST_SEPARATOR))
      .map((text) => {
        return this.#dialect.contains(`lower(${field.sql})`, this.#bind(head + text + tail));
      });
    return terms.length === 0 ? 'false' : terms.join(' or ');
  }
}

/** Says whether a test asks for whole values that are all of a kind. */
function isLookup(test: TextTest, kind: (value: string) => boolean): boolean {
  return test.op === 'in' && test.values.every(kind);
}

function binder(scope: SqlScope): Bind {
  return (value) => `$${scope.values.push(value)}`;
}

/** The SQL of a field; `{now}` stands for the scope's time. */
function columnOf(field: Field, scope: SqlScope): string {
  return field.sql.replace('{now}', SQL_DIALECTS[scope.dialect].time(scope.now));
}

function timeColumn(collection: Collection): string {
  return fieldNamed(collection, ROW_KEYS[collection].time).sql;
}

function fieldNamed(collection: Collection, name: string): Field {
  const field = findField(collection, name);
  assert(field !== undefined, `the collection ${collection} has a field ${name}`);
  return field;
}

/** A LIKE pattern with `\` before what LIKE would read as its own. */
export function likePattern(pattern: Pattern): string {
  return pattern
    .map((part) => {
      if (typeof part === 'string') return part.replaceAll(/[\\%_]/g, '\\$&');
      return part.wildcard === '*' ? '%' : '_';
    })
    .join('');
}
