import { describe, expect, it } from 'vitest';
import { loadRules } from './rule/load-rules.ts';
import { corpusFiles, hasCorpus } from './testing/corpus.ts';

/** Retired rules that are refused, by the reason that the specification gives. */
const RETIRED_REFUSED = { deprecated_aggregation: 55, invalid_condition: 4 };

describe.skipIf(!hasCorpus)('the public rules', () => {
  it('loads every rule in use, but for those that wait for a list', () => {
    const loaded = loadRules(corpusFiles('active'));
    expect(loaded.refused).toEqual([]);
    expect([loaded.documents, loaded.rules.length, loaded.inactive.length]).toEqual([
      3780, 3755, 25,
    ]);
  }, 120_000);

  it('loads the placeholder rules when their lists are given', () => {
    const files = corpusFiles('active').filter(({ text }) => text.includes('expand'));
    const { inactive, rules } = loadRules(files);
    const names = inactive.flatMap(({ placeholders }) => placeholders);
    const lists = Object.fromEntries(names.map((name) => [name, ['one', 'two*']]));
    const filled = loadRules(files, { lists });
    expect(filled.inactive).toEqual([]);
    expect(filled.refused).toEqual([]);
    expect(filled.rules).toHaveLength(rules.length + 25);
  }, 60_000);

  it('refuses retired rules for what the specification no longer has', () => {
    const { refused } = loadRules(corpusFiles('retired'));
    const codes = Object.groupBy(refused, ({ code }) => code);
    const counts = Object.entries(codes).map(([code, faults]) => [code, faults?.length]);
    expect(Object.fromEntries(counts)).toEqual(RETIRED_REFUSED);
    for (const fault of refused) expect(fault.line).toBeGreaterThan(1);
  }, 60_000);
});
