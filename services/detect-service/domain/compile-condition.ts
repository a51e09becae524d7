import {
  CONDITION_DEPTH_MAX,
  type Comparison,
  type Condition,
} from '@tocsin/content/rule-document.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { type FieldReader, fieldNumber, fieldReader, fieldText } from './event-field.ts';

/** Says whether an event meets a condition. */
export type EventTest = (event: NormalizedEvent) => boolean;

type ValueTest = (value: unknown) => boolean;

/**
 * Compiles a condition into closures, once per rule set.
 *
 * @throws Problem `invalid_request` that points at an unknown field or at too deep a nesting
 */
export function compileCondition(
  condition: Condition,
  pointer = '/condition',
  depth = 1,
): EventTest {
  if (depth > CONDITION_DEPTH_MAX) {
    throw fault(pointer, `conditions nest at most ${CONDITION_DEPTH_MAX} deep`);
  }
  if ('all' in condition) {
    const parts = condition.all.map((part, index) =>
      compileCondition(part, `${pointer}/all/${index}`, depth + 1),
    );
    return (event) => parts.every((part) => part(event));
  }
  if ('any' in condition) {
    const parts = condition.any.map((part, index) =>
      compileCondition(part, `${pointer}/any/${index}`, depth + 1),
    );
    return (event) => parts.some((part) => part(event));
  }
  if ('not' in condition) {
    const inner = compileCondition(condition.not, `${pointer}/not`, depth + 1);
    return (event) => !inner(event);
  }
  return compileComparison(condition, pointer);
}

function compileComparison(comparison: Comparison, pointer: string): EventTest {
  const read = fieldReader(comparison.field);
  if (read === undefined) {
    throw fault(`${pointer}/field`, `there is no field ${JSON.stringify(comparison.field)}`);
  }
  if ('exists' in comparison) {
    const wanted = comparison.exists;
    return (event) => isPresent(read(event)) === wanted;
  }
  return onItems(read, valueTest(comparison));
}

function valueTest(comparison: Exclude<Comparison, { exists: boolean }>): ValueTest {
  if ('at_least' in comparison) {
    const least = comparison.at_least;
    return (value) => (fieldNumber(value) ?? Number.NEGATIVE_INFINITY) >= least;
  }
  if ('equals' in comparison) return equalsOneOf(listOf(comparison.equals));
  if ('contains' in comparison) {
    return textTest(comparison.contains, (text, part) => text.toLowerCase().includes(part));
  }
  if ('words' in comparison) return textTest(comparison.words, hasWords);
  if ('starts_with' in comparison) {
    return textTest(
      comparison.starts_with,
      (text, part) => text.slice(0, part.length).toLowerCase() === part,
    );
  }
  return textTest(
    comparison.ends_with,
    (text, part) => text.slice(-part.length).toLowerCase() === part,
  );
}

function onItems(read: FieldReader, test: ValueTest): EventTest {
  return (event) => {
    const value = read(event);
    return Array.isArray(value) ? value.some(test) : test(value);
  };
}

function equalsOneOf(values: readonly (string | number | boolean)[]): ValueTest {
  const wanted = new Set(values.map((value) => String(value).toLowerCase()));
  const lengths = new Set([...wanted].map((text) => text.length));
  return (value) => {
    const text = fieldText(value);
    return text !== '' && lengths.has(text.length) && wanted.has(text.toLowerCase());
  };
}

/** `part` comes in lower case. Only as much of the text is lowered as is compared. */
function textTest(
  parts: string | readonly string[],
  test: (text: string, part: string) => boolean,
): ValueTest {
  const lower = listOf(parts).map((part) => part.toLowerCase());
  return (value) => {
    const text = fieldText(value);
    return text !== '' && lower.some((part) => test(text, part));
  };
}

/** Whether words stand in a text with neither letter nor digit of any script beside them. */
function hasWords(text: string, words: string): boolean {
  const lower = text.toLowerCase();
  for (let at = lower.indexOf(words); at >= 0; at = lower.indexOf(words, at + 1)) {
    const before = lower.slice(Math.max(0, at - 1), at);
    const after = lower.slice(at + words.length, at + words.length + 1);
    if (!WORD_CHARACTER.test(before) && !WORD_CHARACTER.test(after)) return true;
  }
  return false;
}

const WORD_CHARACTER = /[\p{L}\p{N}_]/u;

function listOf<Item>(value: Item | readonly Item[]): readonly Item[] {
  return Array.isArray(value) ? value : [value as Item];
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function fault(pointer: string, detail: string): Problem {
  return new Problem('invalid_request', {
    detail: `the condition is not valid: ${detail}`,
    errors: [{ pointer, detail }],
  });
}
