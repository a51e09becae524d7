import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadRules, type RuleFile } from './rule/load-rules.ts';
import { arbitraryRule } from './testing/arbitrary-rule.ts';
import { corpusFiles, hasCorpus } from './testing/corpus.ts';
import {
  differences,
  digests,
  hasPySigma,
  ourReading,
  REFUSED,
  theirReading,
} from './testing/pysigma/compare-rules.ts';
import { PYSIGMA_READS_OTHERWISE, PYSIGMA_REFUSES } from './testing/pysigma/exceptions.ts';

const DIGESTS = join(import.meta.dirname, 'testing/pysigma/digests.json');
/** Set by `make sigma-oracle`: every public rule is read by pySigma anew, and the digests are written. */
const isWhole = process.env['TOCSIN_SIGMA_ORACLE'] === 'whole';
const GENERATED = isWhole ? 3000 : 150;
const LONG = 600_000;

/** The rules and correlations that ship. */
const SHIPPED = join(import.meta.dirname, '../../content');

function filesBelow(folder: string): RuleFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yml'))
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}

const files = hasCorpus ? [...corpusFiles('active'), ...corpusFiles('retired')] : [];
/** Every placeholder gets the same list, so that no rule waits for one. */
function listsOf() {
  const names = loadRules(files).inactive.flatMap(({ placeholders }) => placeholders);
  return Object.fromEntries(names.map((name) => [name, ['one', 'two*']]));
}

describe.skipIf(!hasCorpus)('the public rules', () => {
  const lists = listsOf();

  it(
    'have the conditions and values that pySigma reads in them',
    () => {
      const known: unknown = JSON.parse(readFileSync(DIGESTS, 'utf8'));
      if (!isWhole) expect(digests(ourReading(files, { lists }))).toEqual(known);
    },
    LONG,
  );

  it.skipIf(!hasPySigma || !isWhole)(
    'are read by pySigma as by us, each one',
    () => {
      const ours = ourReading(files, { lists });
      const { lines } = theirReading(files, { lists });
      expect(differences(ours, lines)).toEqual([]);
      writeFileSync(DIGESTS, `${JSON.stringify(digests(lines), undefined, 2)}\n`);
      console.log(`${lines.size} files: pySigma and we read the same in each`);
    },
    LONG,
  );
});

describe.skipIf(!hasPySigma)('what ships (not run without pySigma: make sigma-oracle)', () => {
  it(
    'is read by pySigma as by us, rules and correlations',
    () => {
      const shipped = filesBelow(SHIPPED);
      const { lines, reasons } = theirReading(shipped);
      expect([...reasons]).toEqual([]);
      expect(differences(ourReading(shipped), lines)).toEqual([]);
      expect(
        [...lines.values()].flat().filter((line) => line.startsWith('{')).length,
      ).toBeGreaterThan(10);
    },
    LONG,
  );
});

describe.skipIf(!hasPySigma)('generated rules (not run without pySigma: make sigma-oracle)', () => {
  it(
    'are read by pySigma as by us, but for what the list of exceptions gives reasons for',
    () => {
      const generated = fc
        .sample(arbitraryRule, { numRuns: GENERATED, seed: 20_260 })
        .filter((text) => !PYSIGMA_READS_OTHERWISE.some(([held]) => held.test(text)))
        .map((text, number) => ({ name: `${number}`, text }));
      const ours = ourReading(generated);
      const { lines, reasons } = theirReading(generated);
      const unexplained = differences(ours, lines).filter((name) => {
        const reason = reasons.get(name) ?? '';
        return !PYSIGMA_REFUSES.some(([message]) => message.test(reason));
      });
      expect(unexplained).toEqual([]);
      const same = generated.filter(({ name }) => ours.get(name)?.[0] === lines.get(name)?.[0]);
      expect(same.filter(({ name }) => ours.get(name)?.[0] !== REFUSED).length).toBeGreaterThan(
        GENERATED / 4,
      );
    },
    LONG,
  );
});
