import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const page = readFileSync('docs/reference/asvs.md', 'utf8');
const rows = page.split('\n').filter((line) => /^\| \d/.test(line));

it('the self-assessment names files that exist', () => {
  const paths = [
    ...page.matchAll(/`([A-Za-z.]+(?:\/[A-Za-z.-]+)*\/?[A-Za-z.-]*\.(?:ts|md|json))`/g),
  ];
  expect(paths.length).toBeGreaterThan(50);
  const missing = paths.map(([, path = '']) => path).filter((path) => !existsSync(path));
  expect([...new Set(missing)]).toEqual([]);
});

it('each requirement stands once, with a status and its reason', () => {
  const ids = rows.flatMap(
    (row) =>
      row
        .split('|')[1]
        ?.split(',')
        .map((id) => id.trim()) ?? [],
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThan(200);
  for (const row of rows) {
    const [, , , status = '', reason = ''] = row.split('|').map((cell) => cell.trim());
    expect(['met', 'part', 'open', 'none'], row).toContain(status);
    if (status === 'met' || status === 'part') expect(reason, row).not.toBe('');
  }
});
