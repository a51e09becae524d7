import { parseRegex } from '../regex/parse-regex.ts';
import { searchPlainly } from '../regex/plain-regex.ts';
import { compileRegex, type RegexProgram } from '../regex/regex-program.ts';
import { inNetwork, parseAddress } from '../rule/cidr-network.ts';
import type { Expression, Item, Test } from '../rule/rule.ts';
import { foldCase } from '../text/fold-case.ts';
import { matchPattern, type PreparedPattern, preparePattern } from '../text/match-pattern.ts';
import { foldPattern } from '../text/pattern.ts';
import { compareNumbers, numberOfText, timePartOfText } from './compare-values.ts';
import {
  allTexts,
  type EventRecord,
  fieldExists,
  fieldValues,
  scalarText,
} from './event-record.ts';

/**
 * Whether an event meets an expression, by the shortest way to say it: no index, nothing remembered. The twin that
 * the index is compared with.
 */
export function evaluatePlainly(expression: Expression, event: EventRecord): boolean {
  switch (expression.kind) {
    case 'and':
      return expression.parts.every((part) => evaluatePlainly(part, event));
    case 'or':
      return expression.parts.some((part) => evaluatePlainly(part, event));
    case 'not':
      return !evaluatePlainly(expression.part, event);
    case 'named':
      return evaluatePlainly(expression.part, event);
    case 'item':
      return itemHolds(expression.item, event);
  }
}

/** Whether any value of the item's field meets any of its tests. */
export function itemHolds({ field, tests }: Item, event: EventRecord): boolean {
  const values = field === undefined ? allTexts(event) : fieldValues(event, field);
  for (const value of values) {
    const text = scalarText(value);
    if (text === undefined) continue;
    const folded = foldCase(text);
    if (tests.some((test) => textHolds(test, text, folded))) return true;
  }
  return field !== undefined && tests.some((test) => fieldHolds(test, field, values, event));
}

/** Whether one test of a field, or of a keyword, holds. */
export function testHolds(test: Test, field: string | undefined, event: EventRecord): boolean {
  return itemHolds({ field, tests: [test], place: NOWHERE }, event);
}

const NOWHERE = { line: 0, column: 0 };

/** Whether a test holds that asks of a field as a whole. */
function fieldHolds(
  test: Test,
  field: string,
  values: readonly unknown[],
  event: EventRecord,
): boolean {
  switch (test.kind) {
    case 'exists':
      return fieldExists(event, field) === test.present;
    case 'null':
      return values.every((value) => value === null);
    case 'field':
      return referenceHolds(test, values, event);
    case 'text':
      return isPresence(test) && values.some((value) => value !== null);
    default:
      return false;
  }
}

/** A lone `*`: any value that is not null, also an object. */
function isPresence(test: Test): boolean {
  return test.kind === 'text' && test.pattern.length === 1 && test.pattern[0] === 0;
}

/** Whether a text meets a test that asks of one text. */
function textHolds(test: Test, text: string, folded: string): boolean {
  switch (test.kind) {
    case 'text':
      return matchPattern(patternOf(test), test.cased ? text : folded);
    case 'regex':
      return searchPlainly(programOf(test), text);
    case 'cidr': {
      const address = parseAddress(text);
      return address !== undefined && inNetwork(address, test.network);
    }
    case 'compare': {
      const number = numberOfText(text);
      return number !== undefined && compareNumbers(number, test.operator, test.value);
    }
    case 'time': {
      const part = timePartOfText(text, test.part);
      return part !== undefined && compareNumbers(part, test.operator, test.value);
    }
    default:
      return false;
  }
}

function referenceHolds(
  test: Test & { kind: 'field' },
  values: readonly unknown[],
  event: EventRecord,
): boolean {
  const others = fieldValues(event, test.other);
  return values.some((value) =>
    others.some((other) => referenceMatches(test, scalarText(value), scalarText(other))),
  );
}

/** Whether a value and that of the field it is compared with stand in the test's relation. */
export function referenceMatches(
  test: Test & { kind: 'field' },
  value: string | undefined,
  other: string | undefined,
): boolean {
  if (value === undefined || other === undefined) return false;
  const left = test.cased ? value : foldCase(value);
  const right = test.cased ? other : foldCase(other);
  switch (test.operator) {
    case 'equals':
      return left === right;
    case 'startswith':
      return left.startsWith(right);
    case 'endswith':
      return left.endsWith(right);
    case 'contains':
      return left.includes(right);
  }
}

/** Expressions and patterns are compiled once each: a test lives as long as its rule. */
const PROGRAMS = new WeakMap<Test, RegexProgram>();
const PATTERNS = new WeakMap<Test, PreparedPattern>();

function patternOf(test: Test & { kind: 'text' }): PreparedPattern {
  const known = PATTERNS.get(test);
  if (known !== undefined) return known;
  const pattern = preparePattern(test.cased ? test.pattern : foldPattern(test.pattern));
  PATTERNS.set(test, pattern);
  return pattern;
}

function programOf(test: Test & { kind: 'regex' }): RegexProgram {
  const known = PROGRAMS.get(test);
  if (known !== undefined) return known;
  const program = compileRegex(parseRegex(test.source, test.flags));
  PROGRAMS.set(test, program);
  return program;
}
