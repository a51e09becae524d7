import type { Test } from '../rule/rule.ts';
import { foldCase } from '../text/fold-case.ts';

/**
 * Where in a text that meets a test the longest literal of the test stands, in UTF-16 units from 0; undefined where the
 * test asks for none, as regular expressions, networks and comparisons do.
 */
export function literalPlace(test: Test, text: string): number | undefined {
  if (test.kind !== 'text') return undefined;
  const literals = test.pattern.filter((part) => typeof part === 'string');
  const [longest] = literals.toSorted((a, b) => b.length - a.length);
  if (longest === undefined) return undefined;
  // Folding keeps the length: places in the folded text are places in the text.
  const within = test.cased ? text : foldCase(text);
  const wanted = test.cased ? longest : foldCase(longest);
  const isAtEnd = test.pattern.at(-1) === longest;
  const at = isAtEnd ? within.lastIndexOf(wanted) : within.indexOf(wanted);
  return at < 0 ? undefined : at;
}
