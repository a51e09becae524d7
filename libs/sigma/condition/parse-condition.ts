import { FaultSignal, type Place } from '../fault.ts';

/** Deepest nesting of parentheses and `not`. */
export const CONDITION_DEPTH_MAX = 64;
/** Longest condition, in UTF-16 units. */
export const CONDITION_UNITS_MAX = 64 * 1024;

/** A condition as written: names of search identifiers, joined. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'identifier'; readonly name: string }
  | { readonly kind: 'of'; readonly quantifier: 'any' | 'all'; readonly pattern: string };

interface Token {
  readonly text: string;
  readonly at: number;
}

/**
 * Reads a condition (specification, *Condition*): `or`, `and`, `not`, `1 of`/`any of`/`all of` a pattern or `them`,
 * parentheses, loosest first. Key words in lower or upper case.
 *
 * @throws FaultSignal `invalid_condition`, `condition_too_deep`, `deprecated_aggregation`
 */
export function parseCondition(text: string, place: Place): Condition {
  if (text.length > CONDITION_UNITS_MAX) {
    const message = `a condition has at most ${CONDITION_UNITS_MAX} characters`;
    throw new FaultSignal('invalid_condition', place, message);
  }
  return new ConditionReader(text, place).read();
}

class ConditionReader {
  readonly #tokens: readonly Token[];
  readonly #place: Place;
  readonly #end: number;
  #next = 0;
  #depth = 0;

  constructor(text: string, place: Place) {
    this.#place = place;
    this.#end = text.length;
    this.#tokens = Array.from(text.matchAll(/[()|]|[^\s()|]+/g), (match) => ({
      text: match[0],
      at: match.index,
    }));
  }

  read(): Condition {
    if (this.#tokens.length === 0) throw this.#fault('the condition is empty: name a selection');
    const condition = this.#or();
    if (this.#peek() === '|') throw this.#aggregation();
    if (this.#peek() !== undefined) throw this.#fault('expected and, or, or the end');
    return condition;
  }

  #or(): Condition {
    return this.#joined('or', () => this.#joined('and', () => this.#not()));
  }

  #joined(word: 'and' | 'or', part: () => Condition): Condition {
    const parts = [part()];
    while (this.#isWord(word)) {
      this.#next += 1;
      parts.push(part());
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: word, parts };
  }

  #not(): Condition {
    if (!this.#isWord('not')) return this.#primary();
    this.#next += 1;
    return { kind: 'not', part: this.#deeper(() => this.#not()) };
  }

  #primary(): Condition {
    const token = this.#peek();
    if (token === '(') {
      this.#next += 1;
      const inner = this.#deeper(() => this.#or());
      if (this.#peek() === '|') throw this.#aggregation();
      if (this.#peek() !== ')') throw this.#fault('expected )');
      this.#next += 1;
      return inner;
    }
    if (token === undefined || token === ')' || KEYWORDS.has(token.toLowerCase())) {
      throw this.#fault('expected a selection, not, 1 of, all of or (');
    }
    if (token === '|') throw this.#aggregation();
    return this.#tokens[this.#next + 1]?.text.toLowerCase() === 'of'
      ? this.#of(token)
      : this.#identifier(token);
  }

  #identifier(name: string): Condition {
    if (!/^[A-Za-z0-9_.-]+$/.test(name)) {
      throw this.#fault(`${show(name)} is no selection: names have letters, digits, _ . and -`);
    }
    this.#next += 1;
    return { kind: 'identifier', name };
  }

  #of(word: string): Condition {
    const quantifier = QUANTIFIERS.get(word.toLowerCase());
    if (quantifier === undefined) {
      throw this.#fault(`${show(word)} of is not in Sigma: write 1 of, any of or all of`);
    }
    this.#next += 2;
    const pattern = this.#peek();
    if (pattern === undefined || !/^[A-Za-z0-9_.*-]+$/.test(pattern)) {
      throw this.#fault('expected them or a pattern such as selection_*');
    }
    this.#next += 1;
    return {
      kind: 'of',
      quantifier,
      pattern: pattern.toLowerCase() === 'them' ? 'them' : pattern,
    };
  }

  #deeper(read: () => Condition): Condition {
    this.#depth += 1;
    if (this.#depth > CONDITION_DEPTH_MAX) {
      const message = `parentheses and not nest at most ${CONDITION_DEPTH_MAX} deep: simplify`;
      throw new FaultSignal('condition_too_deep', this.#here(), message);
    }
    const condition = read();
    this.#depth -= 1;
    return condition;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#next]?.text;
  }

  #isWord(word: string): boolean {
    return this.#peek()?.toLowerCase() === word;
  }

  #here(): Place {
    const at = this.#tokens[this.#next]?.at ?? this.#end;
    return { line: this.#place.line, column: this.#place.column + at };
  }

  #fault(expected: string): FaultSignal {
    const found = this.#peek();
    const message =
      found === undefined ? `${expected}; the condition ends` : `${expected}; found ${show(found)}`;
    return new FaultSignal('invalid_condition', this.#here(), message);
  }

  #aggregation(): FaultSignal {
    const rest = this.#tokens.slice(this.#next + 1).map((token) => token.text);
    const type = AGGREGATIONS.get(rest[0]?.toLowerCase() ?? '') ?? 'event_count';
    const counted = rest[1] === '(' && rest[2] !== ')' && type === 'event_count';
    const message =
      'aggregation after | is no longer in Sigma: ' +
      `write a correlation rule of type ${counted ? 'value_count' : type} beside this one`;
    return new FaultSignal('deprecated_aggregation', this.#here(), message);
  }
}

const KEYWORDS = new Set(['and', 'or', 'not', 'of']);
const QUANTIFIERS = new Map<string, 'any' | 'all'>([
  ['1', 'any'],
  ['any', 'any'],
  ['all', 'all'],
]);
const AGGREGATIONS = new Map([
  ['count', 'event_count'],
  ['near', 'temporal'],
  ['sum', 'value_sum'],
  ['avg', 'value_avg'],
  ['min', 'value_percentile'],
  ['max', 'value_percentile'],
]);

function show(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}
