import { Problem } from '@tocsin/kernel/problem.ts';

/** Most characters of the query shown on each side of the caret. */
const EXCERPT_SIDE = 40;

/** A fault of a query: where, and what would have been right there. */
export interface QueryFault {
  /** UTF-16 units from the start of the text, from 0. */
  readonly position: number;
  /** What could stand there, for example `a value`. */
  readonly expected: string;
  /** What stands there, or what is wrong with it. */
  readonly found?: string;
  /** The query's text where it is known: the detail then shows it with a caret below. */
  readonly text?: string;
}

/** The problem `invalid_query` of a fault; its members are `position` and `expected`. */
export function queryProblem(fault: QueryFault): Problem {
  const found = fault.found === undefined ? '' : `, found ${fault.found}`;
  const sentence = `expected ${fault.expected}${found}, at character ${fault.position + 1}`;
  const excerpt = fault.text === undefined ? '' : `\n${pointAt(fault.text, fault.position)}`;
  return new Problem('invalid_query', {
    detail: sentence + excerpt,
    members: { position: fault.position, expected: fault.expected, message: sentence },
  });
}

/** Adds the caret line to a problem `invalid_query` made where the text was not known. Others stay as they are. */
export function withQueryText(problem: Problem, text: string): Problem {
  const { position } = problem.members;
  const sentence = problem.members.message;
  if (problem.code !== 'invalid_query' || typeof position !== 'number') return problem;
  if (typeof sentence !== 'string') return problem;
  return new Problem('invalid_query', {
    detail: `${sentence}\n${pointAt(text, position)}`,
    members: problem.members,
  });
}

/** Two lines: the part of the text round a position, and a caret below it. */
function pointAt(text: string, position: number): string {
  const start = Math.max(0, position - EXCERPT_SIDE);
  const before = printable(text.slice(start, position));
  const after = printable(text.slice(position, position + EXCERPT_SIDE));
  return `  ${before}${after}\n  ${' '.repeat([...before].length)}^`;
}

/** One column per character: line breaks, tabs, controls and half characters would shift the caret. */
function printable(text: string): string {
  return text.toWellFormed().replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
}
