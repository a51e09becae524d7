import type { Problem } from '@tocsin/kernel/problem.ts';
import { literalOf, type Pattern, type PatternPart, type Query } from './query.ts';
import { queryProblem } from './query-fault.ts';

/** Longest query, UTF-16 units. */
export const QUERY_LENGTH_MAX = 4096;
/** Most nodes of a tree, values of a list included. */
export const QUERY_NODES_MAX = 200;
/** Deepest nesting of parentheses and `not`. */
export const QUERY_DEPTH_MAX = 30;

const KEYWORD = /^(?:and|or|not)$/i;
const SPACE = /\s/u;
const OPERATORS = [':>=', ':<=', ':>', ':<', '>=', '<=', '!=', '>', '<', ':', '='] as const;
/** Ends of a field name or bare word; a value may hold the operators, as in `fe80::1` or `a=b`. */
const WORD_ENDS = '()":<>=';
const VALUE_ENDS = '()"';
const ESCAPABLE = '()":<>=!*?\\';

interface Word {
  readonly at: number;
  readonly pattern: Pattern;
  /** The characters as typed, to know keywords: an escaped or quoted `and` is none. */
  readonly raw: string;
}

/**
 * Parses the query language of `docs/reference/query.md`. Takes time linear in the text.
 *
 * UNTRUSTED: `text` comes from a user as it is.
 *
 * @throws Problem `invalid_query` with members `position` and `expected`, for any text outside the language or a limit
 */
export function parseQuery(text: string): Query {
  return new QueryParser(text).parse();
}

class QueryParser {
  readonly #text: string;
  #position = 0;
  #nodes = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Query {
    this.#checkText();
    this.#skipSpace();
    if (this.#atEnd()) return { kind: 'all' };
    const query = this.#either(undefined);
    if (!this.#atEnd()) throw this.#fault('`and`, `or` or the end of the query');
    return query;
  }

  #checkText(): void {
    const text = this.#text;
    if (text.length > QUERY_LENGTH_MAX) {
      throw this.#fault(`at most ${QUERY_LENGTH_MAX} characters`, QUERY_LENGTH_MAX);
    }
    const wrong = text.search(/\0|\p{Cs}/u);
    if (wrong >= 0) throw this.#fault('text without NUL or half characters', wrong);
  }

  /** `a or b`. Inside `field:( )` the field is given and the terms are its values. */
  #either(field: Word | undefined): Query {
    const first = this.#all(field);
    if (!this.#takeKeyword('or')) return first;
    const operands = [first];
    do operands.push(this.#all(field));
    while (this.#takeKeyword('or'));
    return (field && listOf(operands)) ?? this.#node({ kind: 'or', operands });
  }

  /** `a and b`, or outside of a value list also `a b`. */
  #all(field: Word | undefined): Query {
    const first = this.#negation(field);
    const operands = [first];
    for (;;) {
      const joined = this.#takeKeyword('and');
      if (!joined && (this.#atEnd() || this.#peek() === ')' || this.#seesKeyword('or'))) break;
      if (!joined && field) throw this.#fault('`or`, `and` or `)`');
      operands.push(this.#negation(field));
    }
    return operands.length === 1 ? first : this.#node({ kind: 'and', operands });
  }

  #negation(field: Word | undefined): Query {
    if (!this.#takeKeyword('not')) return this.#primary(field);
    return this.#nested(() => {
      const operand = this.#negation(field);
      return this.#node({ kind: 'not', operand });
    });
  }

  #primary(field: Word | undefined): Query {
    const expected = field ? 'a value' : 'a word, a phrase, a field or `(`';
    if (this.#peek() === '(') return this.#group(field);
    if (field) return this.#value(field);
    const at = this.#position;
    const word = this.#peek() === '"' ? this.#phrase() : this.#word(WORD_ENDS, expected);
    const operator = word.raw === '' ? undefined : this.#operator();
    if (operator) return this.#condition(word, operator);
    this.#endOfWord();
    const literal = literalOf(word.pattern);
    if (literal === '') throw this.#fault('a phrase of at least one character', at);
    if (word.raw === '&&' || word.raw === '||') throw this.#fault('`and` or `or`', at);
    return this.#node(
      isAny(word.pattern) ? { kind: 'all' } : { kind: 'text', pattern: word.pattern },
    );
  }

  #group(field: Word | undefined): Query {
    this.#position += 1;
    this.#skipSpace();
    return this.#nested(() => {
      const inner = this.#either(field);
      if (this.#peek() !== ')') throw this.#fault('`)`');
      this.#position += 1;
      this.#endOfWord();
      return inner;
    });
  }

  #condition(field: Word, operator: (typeof OPERATORS)[number]): Query {
    if (literalOf(field.pattern) === undefined) {
      throw this.#fault('a field name without wildcards', field.at);
    }
    if (operator === '!=') return this.#node({ kind: 'not', operand: this.#primary(field) });
    if (operator === ':' || operator === '=') return this.#primary(field);
    const { pattern, at: valueAt } = this.#valueWord();
    const value = literalOf(pattern);
    if (value === undefined) throw this.#fault('a value without wildcards', valueAt);
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
    const word = this.#peek() === '"' ? this.#phrase() : this.#word(VALUE_ENDS, 'a value');
    this.#endOfWord();
    return word;
  }

  #phrase(): Word {
    const at = this.#position;
    let text = '';
    for (let index = at + 1; index < this.#text.length; index += 1) {
      const character = this.#text[index] ?? '';
      const next = this.#text[index + 1];
      if (character === '"') {
        this.#position = index + 1;
        return { at, pattern: [text], raw: '' };
      }
      const escapes = character === '\\' && (next === '"' || next === '\\');
      if (escapes) index += 1;
      text += escapes ? next : character;
    }
    throw this.#fault('a closing `"`', this.#text.length);
  }

  /** A run of characters up to a space, an end, or `!=`. */
  #word(ends: string, expected: string): Word {
    const at = this.#position;
    const parts: PatternPart[] = [];
    let index = at;
    for (; index < this.#text.length; index += 1) {
      const character = this.#text[index] ?? '';
      const next = this.#text[index + 1] ?? '';
      if (SPACE.test(character) || ends.includes(character)) break;
      if (character === '!' && next === '=' && ends === WORD_ENDS) break;
      if (character === '*' || character === '?') {
        addWildcard(parts, character);
      } else if (
        character === '\\' &&
        next !== '' &&
        (ESCAPABLE.includes(next) || SPACE.test(next))
      ) {
        addLiteral(parts, next);
        index += 1;
      } else {
        addLiteral(parts, character);
      }
    }
    const raw = this.#text.slice(at, index);
    if (raw === '') throw this.#fault(expected);
    if (KEYWORD.test(raw)) throw this.#fault(`${expected} (write "${raw}" to find that word)`);
    this.#position = index;
    return { at, pattern: parts, raw };
  }

  /** The operator after a field name, spaces round it. */
  #operator(): (typeof OPERATORS)[number] | undefined {
    const start = this.#position;
    this.#skipSpace();
    const operator = OPERATORS.find((known) => this.#text.startsWith(known, this.#position));
    if (operator === undefined) {
      this.#position = start;
      return undefined;
    }
    this.#position += operator.length;
    this.#skipSpace();
    return operator;
  }

  /** A term ends at a space, `)` or the end: `a"b"` and `f(x)` need quotes, so they are no surprise. */
  #endOfWord(): void {
    const next = this.#peek();
    if (next !== '' && next !== ')' && !SPACE.test(next)) {
      throw this.#fault('a space (put text with special characters into quotes)');
    }
    this.#skipSpace();
  }

  #seesKeyword(keyword: 'and' | 'or' | 'not'): boolean {
    const end = this.#position + keyword.length;
    const after = this.#text[end] ?? ' ';
    return (
      this.#text.slice(this.#position, end).toLowerCase() === keyword &&
      (SPACE.test(after) || '()"'.includes(after))
    );
  }

  #takeKeyword(keyword: 'and' | 'or' | 'not'): boolean {
    if (!this.#seesKeyword(keyword)) return false;
    this.#position += keyword.length;
    this.#skipSpace();
    return true;
  }

  #nested(parse: () => Query): Query {
    this.#depth += 1;
    if (this.#depth > QUERY_DEPTH_MAX) {
      throw this.#fault(`at most ${QUERY_DEPTH_MAX} levels of parentheses and \`not\``);
    }
    const query = parse();
    this.#depth -= 1;
    return query;
  }

  #node(query: Query): Query {
    this.#nodes += 1;
    if (this.#nodes > QUERY_NODES_MAX) throw this.#fault(`at most ${QUERY_NODES_MAX} terms`);
    return query;
  }

  #skipSpace(): void {
    while (!this.#atEnd() && SPACE.test(this.#peek())) this.#position += 1;
  }

  #peek(): string {
    return this.#text[this.#position] ?? '';
  }

  #atEnd(): boolean {
    return this.#position >= this.#text.length;
  }

  #fault(expected: string, position = this.#position): Problem {
    const found = position >= this.#text.length ? 'the end' : `\`${this.#foundAt(position)}\``;
    return queryProblem({ position, expected, found, text: this.#text });
  }

  #foundAt(position: number): string {
    return (
      this.#text
        .slice(position, position + 20)
        .toWellFormed()
        .split(SPACE, 1)[0] || ' '
    );
  }
}

function nameOf(field: Word): string {
  return literalOf(field.pattern) ?? '';
}

function isAny(pattern: Pattern): boolean {
  const [part] = pattern;
  return pattern.length === 1 && typeof part === 'object' && part.wildcard === '*';
}

function addLiteral(parts: PatternPart[], character: string): void {
  const last = parts.at(-1);
  if (typeof last === 'string') parts[parts.length - 1] = last + character;
  else parts.push(character);
}

function addWildcard(parts: PatternPart[], wildcard: '*' | '?'): void {
  const last = parts.at(-1);
  const repeats = wildcard === '*' && typeof last === 'object' && last.wildcard === '*';
  if (!repeats) parts.push({ wildcard });
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
