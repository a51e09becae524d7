import { type CharacterSet, EVERYTHING, ignoreCase, NOT_LINE_END } from './character-set.ts';
import { readClass, readEscape } from './read-class.ts';
import { type AssertionKind, RegexFault, type RegexNode } from './regex-node.ts';

/** Largest count of a bounded repeat. */
export const REPEAT_MAX = 2000;
/** Longest expression, in UTF-16 units. */
export const REGEX_UNITS_MAX = 16 * 1024;
/** Deepest nesting of groups. */
export const REGEX_DEPTH_MAX = 100;

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
}

/**
 * Reads the PCRE subset that runs in linear time: no look-around, back-references, atomic groups or possessive
 * repeats. `\d \w \s \b` are ASCII; `$` without `m` is the end of the text only.
 *
 * @param flags any of `i`, `m`, `s`
 * @throws RegexFault
 */
export function parseRegex(source: string, flags: string): RegexNode {
  if (source.length > REGEX_UNITS_MAX) {
    throw new RegexFault(`longer than ${REGEX_UNITS_MAX} characters`, REGEX_UNITS_MAX);
  }
  const has = (flag: string): boolean => flags.includes(flag);
  return new RegexReader(source, { i: has('i'), m: has('m'), s: has('s') }).read();
}

class RegexReader {
  readonly #source: string;
  #at = 0;
  #flags: Flags;
  #depth = 0;

  constructor(source: string, flags: Flags) {
    this.#source = source;
    this.#flags = flags;
  }

  read(): RegexNode {
    const node = this.#alternatives();
    if (this.#at < this.#source.length) throw new RegexFault('a ) without its (', this.#at);
    return node;
  }

  #alternatives(): RegexNode {
    const outer = this.#flags;
    const parts = [this.#sequence()];
    while (this.#source[this.#at] === '|') {
      this.#at += 1;
      parts.push(this.#sequence());
    }
    this.#flags = outer;
    return single('alternate', parts);
  }

  #sequence(): RegexNode {
    const parts: RegexNode[] = [];
    while (this.#at < this.#source.length) {
      const next = this.#source[this.#at];
      if (next === '|' || next === ')') break;
      const atom = this.#atom();
      if (atom !== undefined) parts.push(this.#repeated(atom));
    }
    return single('concat', parts);
  }

  /** Undefined for what only sets flags. */
  #atom(): RegexNode | undefined {
    const start = this.#at;
    const next = this.#source[start];
    switch (next) {
      case '(':
        return this.#group();
      case '[': {
        const { set, end } = readClass(this.#source, start, this.#flags.i);
        this.#at = end;
        return { kind: 'set', set };
      }
      case '\\':
        return this.#escape();
      case '.':
        this.#at += 1;
        return { kind: 'set', set: this.#flags.s ? EVERYTHING : NOT_LINE_END };
      case '^':
        this.#at += 1;
        return assertion(this.#flags.m ? 'line_start' : 'text_start');
      case '$':
        this.#at += 1;
        return assertion(this.#flags.m ? 'line_end' : 'text_end');
      case '*':
      case '+':
      case '?':
        throw new RegexFault(`${next} has nothing to repeat`, start);
      default: {
        const code = this.#source.codePointAt(start) ?? 0;
        this.#at += code > 0xffff ? 2 : 1;
        return this.#set([code, code]);
      }
    }
  }

  #set(set: CharacterSet): RegexNode {
    return { kind: 'set', set: this.#flags.i ? ignoreCase(set) : set };
  }

  #escape(): RegexNode {
    const next = this.#source[this.#at + 1] ?? '';
    const what = ESCAPED_ASSERTIONS.get(next);
    if (what !== undefined) {
      this.#at += 2;
      return assertion(what);
    }
    const { set, end } = readEscape(this.#source, this.#at);
    this.#at = end;
    return this.#set(set);
  }

  #group(): RegexNode | undefined {
    const start = this.#at;
    const outer = this.#flags;
    this.#at += 1;
    if (this.#source[this.#at] === '?' && this.#groupOptions(start)) return undefined;
    this.#depth += 1;
    if (this.#depth > REGEX_DEPTH_MAX) {
      throw new RegexFault(`groups nest more than ${REGEX_DEPTH_MAX} deep`, start);
    }
    const node = this.#alternatives();
    this.#depth -= 1;
    if (this.#source[this.#at] !== ')') throw new RegexFault('a ( without its )', start);
    this.#at += 1;
    this.#flags = outer;
    return node;
  }

  /** Reads what follows `(?`. True when it was only flags, `(?i)`: they hold to the end of the group round them. */
  #groupOptions(start: number): boolean {
    const rest = this.#source.slice(this.#at, this.#at + 80);
    if (/^\?(?:<?[=!])/.test(rest)) {
      throw new RegexFault('look-around does not run in linear time: state it as not', start, true);
    }
    if (/^\?>/.test(rest)) throw new RegexFault('atomic groups are not supported', start, true);
    const named = /^\?P?<[A-Za-z_]\w*>/.exec(rest);
    if (named !== null) {
      this.#at += named[0].length;
      return false;
    }
    const flags = /^\?([imsx]*)(?:-([imsx]*))?([:)])/.exec(rest);
    if (flags === null || `${flags[1]}${flags[2] ?? ''}`.includes('x')) {
      throw new RegexFault('this kind of group is not supported', start, true);
    }
    const on = flags[1] ?? '';
    const off = flags[2] ?? '';
    const set = (flag: 'i' | 'm' | 's'): boolean =>
      on.includes(flag) || (this.#flags[flag] && !off.includes(flag));
    this.#flags = { i: set('i'), m: set('m'), s: set('s') };
    this.#at += flags[0].length;
    return flags[3] === ')';
  }

  #repeated(atom: RegexNode): RegexNode {
    let node = atom;
    for (;;) {
      const match = REPEAT.exec(this.#source.slice(this.#at, this.#at + 24));
      if (match === null) return node;
      const [text, sign, least, comma, most, suffix] = match;
      if (suffix === '+') {
        throw new RegexFault('possessive repeats are not supported', this.#at, true);
      }
      const range = sign === undefined ? undefined : SIGNS.get(sign);
      const min = range?.min ?? Number(least);
      const max = range === undefined ? boundedMax(min, comma, most) : range.max;
      if (min > REPEAT_MAX || (max ?? 0) > REPEAT_MAX) {
        throw new RegexFault(`a repeat counts to ${REPEAT_MAX} at most`, this.#at, true);
      }
      if (max !== undefined && max < min)
        throw new RegexFault('a repeat from more to less', this.#at);
      this.#at += text.length;
      node = { kind: 'repeat', part: node, min, max };
    }
  }
}

const REPEAT = /^(?:([*+?])|\{(\d+)(,(\d*))?\})([?+]?)/;
const SIGNS = new Map<string, { min: number; max: number | undefined }>([
  ['*', { min: 0, max: undefined }],
  ['+', { min: 1, max: undefined }],
  ['?', { min: 0, max: 1 }],
]);
const ESCAPED_ASSERTIONS = new Map<string, AssertionKind>([
  ['b', 'word_edge'],
  ['B', 'no_word_edge'],
  ['A', 'text_start'],
  ['z', 'text_end'],
  ['Z', 'text_end'],
]);

function boundedMax(
  min: number,
  comma: string | undefined,
  most: string | undefined,
): number | undefined {
  if (comma === undefined) return min;
  return most === undefined || most === '' ? undefined : Number(most);
}

function assertion(what: AssertionKind): RegexNode {
  return { kind: 'assert', what };
}

function single(kind: 'concat' | 'alternate', parts: readonly RegexNode[]): RegexNode {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind, parts };
}
