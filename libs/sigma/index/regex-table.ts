import { LazyRegex } from '../regex/lazy-regex.ts';
import { parseRegex } from '../regex/parse-regex.ts';
import { compileRegex } from '../regex/regex-program.ts';
import type { Test } from '../rule/rule.ts';

/** The automata of a set's regular expressions, each once. */
export class RegexTable {
  readonly #known = new Map<string, LazyRegex>();

  /** That of a test; undefined when it is none of a regular expression. */
  of(test: Test | undefined): LazyRegex | undefined {
    if (test?.kind !== 'regex') return undefined;
    const key = `${test.flags}/${test.source}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const regex = new LazyRegex(compileRegex(parseRegex(test.source, test.flags)));
    this.#known.set(key, regex);
    return regex;
  }
}
