import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../e2e/harness.ts';

const PAGE = readFileSync(join(ROOT, 'docs/reference/guarantees.md'), 'utf8');

/** Files named in backquotes, and the test names that follow them up to the end of the cell or of the brackets. */
const NAMED = [...PAGE.matchAll(/`([\w./-]+\.ts)`(?:: ([^`|]*?))?(?=; `| \||\)\.|\)$)/g)].map(
  ([, path = '', names = '']) => ({ path, names: names.split('; ').filter((name) => name !== '') }),
);

describe('the page of guarantees', () => {
  it('names a test for every promise of its tables', () => {
    const rows = PAGE.split('\n').filter((line) => /^\| (?!---)/.test(line));
    const promises = rows.filter((line) => !line.endsWith('shown by |'));
    expect(promises.length).toBeGreaterThan(15);
    for (const row of promises) expect(row, row).toMatch(/`[\w./-]+\.ts`/);
  });

  it('names only tests that exist', () => {
    expect(NAMED.length).toBeGreaterThan(20);
    for (const { path, names } of NAMED) {
      expect(existsSync(join(ROOT, path)), path).toBe(true);
      const text = readFileSync(join(ROOT, path), 'utf8');
      for (const name of names) expect(text, `${path}: ${name}`).toContain(name);
    }
  });

  it('names every scenario of the harness', () => {
    const folder = 'tests/torture/scenarios';
    const files = new Set(NAMED.map(({ path }) => path));
    for (const name of readdirSync(join(ROOT, folder)))
      expect(files).toContain(`${folder}/${name}`);
  });
});
