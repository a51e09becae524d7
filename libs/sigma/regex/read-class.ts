import {
  type CharacterSet,
  complementSet,
  DIGITS,
  ignoreCase,
  SPACE,
  unionSets,
  WORD,
} from './character-set.ts';
import { RegexFault } from './regex-node.ts';

interface ReadSet {
  readonly set: CharacterSet;
  /** The unit after it. */
  readonly end: number;
}

/** Reads `[…]`. A `]` right after the opening stands for itself. */
export function readClass(source: string, start: number, anyCase: boolean): ReadSet {
  let at = start + 1;
  const negated = source[at] === '^';
  if (negated) at += 1;
  const sets: CharacterSet[] = [];
  let first = true;
  while (source[at] !== ']' || first) {
    if (at >= source.length) throw new RegexFault('a [ without its ]', start);
    first = false;
    const from = readMember(source, at);
    at = from.end;
    if (source[at] === '-' && at + 1 < source.length && source[at + 1] !== ']') {
      const to = readMember(source, at + 1);
      const low = codeOf(from.set);
      const high = codeOf(to.set);
      if (low !== undefined && high !== undefined) {
        if (high < low) throw new RegexFault('a range from more to less', at);
        sets.push([low, high]);
        at = to.end;
        continue;
      }
    }
    sets.push(from.set);
  }
  const union = unionSets(sets);
  // Case before negation: [^a] without case takes neither a nor A.
  const set = anyCase ? ignoreCase(union) : union;
  return { set: negated ? complementSet(set) : set, end: at + 1 };
}

function codeOf(set: CharacterSet): number | undefined {
  return set.length === 2 && set[0] === set[1] ? set[0] : undefined;
}

function readMember(source: string, at: number): ReadSet {
  const posix = /^\[:(\^?)(\w+):\]/.exec(source.slice(at, at + 16));
  if (posix !== null) {
    const set = POSIX.get(posix[2] ?? '');
    if (set === undefined) throw new RegexFault(`there is no class ${posix[0]}`, at);
    return { set: posix[1] === '^' ? complementSet(set) : set, end: at + posix[0].length };
  }
  if (source[at] === '\\') {
    if (source[at + 1] === 'b') return { set: [8, 8], end: at + 2 };
    return readEscape(source, at);
  }
  const code = source.codePointAt(at) ?? 0;
  return { set: [code, code], end: at + (code > 0xffff ? 2 : 1) };
}

/** Reads an escape that stands for characters. */
export function readEscape(source: string, start: number): ReadSet {
  const next = source[start + 1];
  if (next === undefined) throw new RegexFault('a \\ at the end escapes nothing', start);
  const set = CLASSES.get(next);
  if (set !== undefined) return { set, end: start + 2 };
  const control = CONTROLS.get(next);
  if (control !== undefined) return { set: [control, control], end: start + 2 };
  if (next === 'x' || next === 'u') return readCode(source, start);
  if (/[1-9]/.test(next) || next === 'k') {
    throw new RegexFault('back-references do not run in linear time', start, true);
  }
  if (next === '0') return { set: [0, 0], end: start + 2 };
  if (/[A-Za-z]/.test(next)) {
    throw new RegexFault(`the escape \\${next} is not supported`, start, true);
  }
  const code = source.codePointAt(start + 1) ?? 0;
  return { set: [code, code], end: start + (code > 0xffff ? 3 : 2) };
}

function readCode(source: string, start: number): ReadSet {
  const match = /^\\(?:x([0-9A-Fa-f]{2})|[xu]\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4}))/.exec(
    source.slice(start, start + 12),
  );
  const code = Number.parseInt(match?.[1] ?? match?.[2] ?? match?.[3] ?? '', 16);
  if (match === null || !(code <= 0x10ffff)) {
    throw new RegexFault('expected hexadecimal digits after the escape', start);
  }
  return { set: [code, code], end: start + match[0].length };
}

const CLASSES = new Map<string, CharacterSet>([
  ['d', DIGITS],
  ['D', complementSet(DIGITS)],
  ['w', WORD],
  ['W', complementSet(WORD)],
  ['s', SPACE],
  ['S', complementSet(SPACE)],
  ['h', [0x09, 0x09, 0x20, 0x20]],
]);
const CONTROLS = new Map([
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['f', 12],
  ['v', 11],
  ['a', 7],
  ['e', 27],
]);
const POSIX = new Map<string, CharacterSet>([
  ['alpha', [0x41, 0x5a, 0x61, 0x7a]],
  ['digit', DIGITS],
  ['alnum', [0x30, 0x39, 0x41, 0x5a, 0x61, 0x7a]],
  ['upper', [0x41, 0x5a]],
  ['lower', [0x61, 0x7a]],
  ['space', SPACE],
  ['blank', [0x09, 0x09, 0x20, 0x20]],
  ['punct', [0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e]],
  ['xdigit', [0x30, 0x39, 0x41, 0x46, 0x61, 0x66]],
  ['word', WORD],
  ['print', [0x20, 0x7e]],
  ['graph', [0x21, 0x7e]],
  ['cntrl', [0x00, 0x1f, 0x7f, 0x7f]],
]);
