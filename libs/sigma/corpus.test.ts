import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadRules } from './rule/load-rules.ts';
import { corpusFiles, hasCorpus } from './testing/corpus.ts';

/** Retired files that are refused, and the reason that the specification gives: pipes and what is no condition. */
const RETIRED_REFUSED: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'testing/retired-refused.json'), 'utf8'),
);

describe.skipIf(!hasCorpus)('the public rules', () => {
  it('loads every rule in use, but for those that wait for a list', () => {
    const loaded = loadRules(corpusFiles('active'));
    expect(loaded.refused).toEqual([]);
    expect([loaded.documents, loaded.rules.length, loaded.inactive.length]).toEqual([
      3780, 3755, 25,
    ]);
  });

  it('loads the placeholder rules when their lists are given', () => {
    const files = corpusFiles('active').filter(({ text }) => text.includes('expand'));
    const { inactive, rules } = loadRules(files);
    const names = inactive.flatMap(({ placeholders }) => placeholders);
    const lists = Object.fromEntries(names.map((name) => [name, ['one', 'two*']]));
    const filled = loadRules(files, { lists });
    expect(filled.inactive).toEqual([]);
    expect(filled.refused).toEqual([]);
    expect(filled.rules).toHaveLength(rules.length + 25);
  });

  it('refuses retired rules for what the specification no longer has', () => {
    const { refused } = loadRules(corpusFiles('retired'));
    const codes = Object.fromEntries(refused.map(({ file, code }) => [file, code]));
    expect(codes).toEqual(RETIRED_REFUSED);
    expect(refused).toHaveLength(59);
    for (const fault of refused) expect(fault.line).toBeGreaterThan(1);
  });
});
