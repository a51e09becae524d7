import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isProblem, Problem } from './problem.ts';
import { PROBLEMS, type ProblemCode } from './problem-catalogue.ts';
import { problemsPage } from './problems-page.ts';

const codes = Object.keys(PROBLEMS) as ProblemCode[];

describe('a problem', () => {
  it.each(codes)('%s has the status, title and retryability of the catalogue', (code) => {
    expect(new Problem(code)).toMatchObject({
      code,
      ...PROBLEMS[code],
      message: PROBLEMS[code].title,
    });
  });

  it('carries its detail as message, its faults and its cause', () => {
    const cause = new Error('inner');
    const errors = [{ pointer: '/a', detail: 'is required' }];
    const problem = new Problem('invalid_request', { detail: 'no a', errors, cause });
    expect(problem).toMatchObject({ message: 'no a', detail: 'no a', errors, cause });
  });

  it('is told from other errors, and by its code', () => {
    expect(isProblem(new Problem('conflict'))).toBe(true);
    expect(isProblem(new Problem('conflict'), 'conflict')).toBe(true);
    expect(isProblem(new Problem('conflict'), 'internal')).toBe(false);
    expect(isProblem(new Error('conflict'))).toBe(false);
    expect(isProblem(undefined)).toBe(false);
  });
});

describe('the catalogue', () => {
  it('marks as retryable what can pass by itself, and nothing else (X-19)', () => {
    const transient = [408, 425, 429, 500, 502, 503, 504];
    for (const code of codes) {
      expect(PROBLEMS[code].retryable, code).toBe(transient.includes(PROBLEMS[code].status));
    }
  });

  it('is what the reference page says (run scripts/dev/write-reference.ts after a change)', () => {
    const path = new URL('../../../docs/reference/problems.md', import.meta.url);
    const page = readFileSync(path, 'utf8');
    expect(page).toBe(problemsPage());
    const documented = [...page.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
    expect(documented.toSorted()).toEqual(codes.toSorted());
  });
});
