import { literalOf, type Pattern, type Query } from './query.ts';
import { queryProblem } from './query-fault.ts';
import { type Operator, QueryScanner, VALUE_ENDS, WORD_ENDS, type Word } from './query-scanner.ts';

/** Longest query, UTF-16 units. */
export const QUERY_LENGTH_MAX = 4096;
/** Most nodes of a tree, values of a list included. */
export const QUERY_NODES_MAX = 200;
/** Deepest nesting of parentheses and `not`. */
export const QUERY_DEPTH_MAX = 30;

/**
 * Parses the query language of `docs/reference/query.md`. Takes time linear in the text.
 *
 * UNTRUSTED: `text` comes from a user as it is.
 *
 * @throws Problem `invalid_query` with members `position` and `expected`, for any text outside the language or a limit
 */
export function parseQuery(text: string): Query {
  checkText(text);
  return new QueryParser(text).parse();
}

class QueryParser {
  readonly #scanner: QueryScanner;
  #nodes = 0;
  #depth = 0;

  constructor(text: string) {
    this.#scanner = new QueryScanner(text);
  }

  parse(): Query {
    this.#scanner.skipSpace();
    if (this.#scanner.atEnd()) return { kind: 'all' };
    const query = this.#either(undefined);
    if (!this.#scanner.atEnd()) throw this.#scanner.fault('`and`, `or` or the end of the query');
    return query;
  }

  /** `a or b`. Inside `field:( )` the field is given and the terms are its values. */
  #either(field: Word | undefined): Query {
    const first = this.#all(field);
    if (!this.#scanner.takeKeyword('or')) return first;
    const operands = [first];
    do operands.push(this.#all(field));
    while (this.#scanner.takeKeyword('or'));
    return (field && listOf(operands)) ?? this.#node({ kind: 'or', operands });
  }

  /** `a and b`, or outside of a value list also `a b`. */
  #all(field: Word | undefined): Query {
    const first = this.#negation(field);
    const operands = [first];
    for (;;) {
      const joined = this.#scanner.takeKeyword('and');
      if (
        !joined &&
        (this.#scanner.atEnd() || this.#scanner.peek() === ')' || this.#scanner.seesKeyword('or'))
      )
        break;
      if (!joined && field) throw this.#scanner.fault('`or`, `and` or `)`');
      operands.push(this.#negation(field));
    }
    return operands.length === 1 ? first : this.#node({ kind: 'and', operands });
  }

  #negation(field: Word | undefined): Query {
    if (!this.#scanner.takeKeyword('not')) return this.#primary(field);
    return this.#nested(() => {
      const operand = this.#negation(field);
      return this.#node({ kind: 'not', operand });
    });
  }

  #primary(field: Word | undefined): Query {
    const expected = field ? 'a value' : 'a word, a phrase, a field or `(`';
    if (this.#scanner.peek() === '(') return this.#group(field);
    if (field) return this.#value(field);
    const at = this.#scanner.position;
    const word =
      this.#scanner.peek() === '"'
        ? this.#scanner.phrase()
        : this.#scanner.word(WORD_ENDS, expected);
    const operator = word.raw === '' ? undefined : this.#scanner.operator();
    if (operator) return this.#condition(word, operator);
    this.#scanner.endOfWord();
    const literal = literalOf(word.pattern);
    if (literal === '') throw this.#scanner.fault('a phrase of at least one character', at);
    if (word.raw === '&&' || word.raw === '||') throw this.#scanner.fault('`and` or `or`', at);
    return this.#node(
      isAny(word.pattern) ? { kind: 'all' } : { kind: 'text', pattern: word.pattern },
    );
  }

  #group(field: Word | undefined): Query {
    this.#scanner.take();
    this.#scanner.skipSpace();
    return this.#nested(() => {
      const inner = this.#either(field);
      if (this.#scanner.peek() !== ')') throw this.#scanner.fault('`)`');
      this.#scanner.take();
      this.#scanner.endOfWord();
      return inner;
    });
  }

  #condition(field: Word, operator: Operator): Query {
    if (literalOf(field.pattern) === undefined) {
      throw this.#scanner.fault('a field name without wildcards', field.at);
    }
    if (operator === '!=') return this.#node({ kind: 'not', operand: this.#primary(field) });
    if (operator === ':' || operator === '=') return this.#primary(field);
    const { pattern, at: valueAt } = this.#valueWord();
    const value = literalOf(pattern);
    if (value === undefined) throw this.#scanner.fault('a value without wildcards', valueAt);
    const op = operator.replace(':', '') as '<' | '<=' | '>' | '>=';
    return this.#node({ kind: 'compare', field: nameOf(field), op, value, at: field.at, valueAt });
  }

  #value(field: Word): Query {
    const { pattern, at: valueAt } = this.#valueWord();
    const term = { field: nameOf(field), at: field.at };
    if (isAny(pattern)) return this.#node({ kind: 'exists', ...term });
    return this.#node({ kind: 'match', ...term, pattern, valueAt });
  }

  #valueWord(): Word {
    const word =
      this.#scanner.peek() === '"'
        ? this.#scanner.phrase()
        : this.#scanner.word(VALUE_ENDS, 'a value');
    this.#scanner.endOfWord();
    return word;
  }

  #nested(parse: () => Query): Query {
    this.#depth += 1;
    if (this.#depth > QUERY_DEPTH_MAX) {
      throw this.#scanner.fault(`at most ${QUERY_DEPTH_MAX} levels of parentheses and \`not\``);
    }
    const query = parse();
    this.#depth -= 1;
    return query;
  }

  #node(query: Query): Query {
    this.#nodes += 1;
    if (this.#nodes > QUERY_NODES_MAX)
      throw this.#scanner.fault(`at most ${QUERY_NODES_MAX} terms`);
    return query;
  }
}

function nameOf(field: Word): string {
  return literalOf(field.pattern) ?? '';
}

function isAny(pattern: Pattern): boolean {
  const [part] = pattern;
  return pattern.length === 1 && typeof part === 'object' && part.wildcard === '*';
}

/** `field:(a or b)` as one node when every value is literal. */
function listOf(operands: readonly Query[]): Query | undefined {
  const values: string[] = [];
  for (const operand of operands) {
    const value = operand.kind === 'match' ? literalOf(operand.pattern) : undefined;
    if (value === undefined) return undefined;
    values.push(value);
  }
  const [first] = operands;
  return first?.kind === 'match'
    ? { kind: 'in', field: first.field, values, at: first.at }
    : undefined;
}

function checkText(text: string): void {
  if (text.length > QUERY_LENGTH_MAX) {
    const expected = `at most ${QUERY_LENGTH_MAX} characters`;
    throw queryProblem({ position: QUERY_LENGTH_MAX, expected, text });
  }
  const position = text.search(/\0|\p{Cs}/u);
  if (position >= 0) {
    throw queryProblem({ position, expected: 'text without NUL or half characters', text });
  }
}
