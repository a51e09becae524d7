import type { Problem } from '@tocsin/kernel/problem.ts';
import type { Pattern, PatternPart } from './query.ts';
import { queryProblem } from './query-fault.ts';

const KEYWORD = /^(?:and|or|not)$/i;
const SPACE = /\s/u;
const OPERATORS = [':>=', ':<=', ':>', ':<', '>=', '<=', '!=', '>', '<', ':', '='] as const;
const ESCAPABLE = '()":<>=!*?\\';

/** Ends of a field name or bare word; a value may hold the operators, as in `fe80::1` or `a=b`. */
export const WORD_ENDS = '()":<>=';
export const VALUE_ENDS = '()"';

/** An operator after a field name. */
export type Operator = (typeof OPERATORS)[number];

/** A word or phrase of the text. */
export interface Word {
  readonly at: number;
  readonly pattern: Pattern;
  /** The characters as typed; `''` for a phrase, which is no keyword and no field. */
  readonly raw: string;
}

/** Reads the text of a query from left to right. Each method leaves the position after what it took. */
export class QueryScanner {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get position(): number {
    return this.#position;
  }

  /** Takes one character that the caller has seen. */
  take(): void {
    this.#position += 1;
  }

  phrase(): Word {
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
    throw this.fault('a closing `"`', this.#text.length);
  }

  /** A run of characters up to a space, an end, or `!=`. */
  word(ends: string, expected: string): Word {
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
    if (raw === '') throw this.fault(expected);
    if (KEYWORD.test(raw)) throw this.fault(`${expected} (write "${raw}" to find that word)`);
    this.#position = index;
    return { at, pattern: parts, raw };
  }

  /** The operator after a field name, spaces round it. */
  operator(): (typeof OPERATORS)[number] | undefined {
    const start = this.#position;
    this.skipSpace();
    const operator = OPERATORS.find((known) => this.#text.startsWith(known, this.#position));
    if (operator === undefined) {
      this.#position = start;
      return undefined;
    }
    this.#position += operator.length;
    this.skipSpace();
    return operator;
  }

  /** A term ends at a space, `)` or the end: `a"b"` and `f(x)` need quotes, so they are no surprise. */
  endOfWord(): void {
    const next = this.peek();
    if (next !== '' && next !== ')' && !SPACE.test(next)) {
      throw this.fault('a space (put text with special characters into quotes)');
    }
    this.skipSpace();
  }

  seesKeyword(keyword: 'and' | 'or' | 'not'): boolean {
    const end = this.#position + keyword.length;
    const after = this.#text[end] ?? ' ';
    return (
      this.#text.slice(this.#position, end).toLowerCase() === keyword &&
      (SPACE.test(after) || '()"'.includes(after))
    );
  }

  takeKeyword(keyword: 'and' | 'or' | 'not'): boolean {
    if (!this.seesKeyword(keyword)) return false;
    this.#position += keyword.length;
    this.skipSpace();
    return true;
  }

  skipSpace(): void {
    while (!this.atEnd() && SPACE.test(this.peek())) this.#position += 1;
  }

  peek(): string {
    return this.#text[this.#position] ?? '';
  }

  atEnd(): boolean {
    return this.#position >= this.#text.length;
  }

  fault(expected: string, position = this.#position): Problem {
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
