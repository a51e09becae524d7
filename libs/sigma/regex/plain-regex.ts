import { setHas } from './character-set.ts';
import type { AssertionKind } from './regex-node.ts';
import type { RegexProgram } from './regex-program.ts';

/**
 * Whether an expression occurs in a text, by stepping all states at once: linear in text times automaton, no table.
 * The twin that the lazy automaton is compared with.
 */
export function searchPlainly(program: RegexProgram, text: string): boolean {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  let states = new Set<number>();
  for (let at = 0; at <= codes.length; at += 1) {
    states.add(program.start);
    const reached = closure(program, states, codes[at - 1], codes[at]);
    if (reached.has(ACCEPT)) return true;
    states = new Set();
    const code = codes[at];
    if (code === undefined) continue;
    for (const state of reached) {
      const instruction = program.instructions[state];
      if (instruction?.kind === 'set' && setHas(instruction.set, code)) {
        states.add(instruction.next);
      }
    }
  }
  return false;
}

const ACCEPT = 0;

function closure(
  program: RegexProgram,
  states: ReadonlySet<number>,
  before: number | undefined,
  after: number | undefined,
): Set<number> {
  const reached = new Set<number>();
  const pending = [...states];
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    if (reached.has(state)) continue;
    reached.add(state);
    const instruction = program.instructions[state];
    if (instruction?.kind === 'fork') pending.push(instruction.next, instruction.other);
    if (instruction?.kind === 'assert' && assertionHolds(instruction.what, before, after)) {
      pending.push(instruction.next);
    }
  }
  return reached;
}

const LINE_END = 10;

/** Whether an assertion holds between two characters; undefined = the text's start or end. */
export function assertionHolds(
  what: AssertionKind,
  before: number | undefined,
  after: number | undefined,
): boolean {
  switch (what) {
    case 'text_start':
      return before === undefined;
    case 'text_end':
      return after === undefined;
    case 'line_start':
      return before === undefined || before === LINE_END;
    case 'line_end':
      return after === undefined || after === LINE_END;
    case 'word_edge':
      return isWord(before) !== isWord(after);
    case 'no_word_edge':
      return isWord(before) === isWord(after);
  }
}

function isWord(code: number | undefined): boolean {
  if (code === undefined) return false;
  const letter = code | 32;
  return (letter >= 97 && letter <= 122) || (code >= 48 && code <= 57) || code === 95;
}
