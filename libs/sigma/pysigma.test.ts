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

const NAMES = ['rule_a', 'rule_b', 'rule_c', 'rule_d'];
const NAMED = NAMES.map(
  (name) =>
    `title: ${name}\nname: ${name}\nlogsource: {product: x}\ndetection: {s: {F: ${name}}, condition: s}\n`,
);

/** A file with the rules and a temporal correlation over them. */
function temporalFile(body: string): string {
  const lines = `${body}\ntimespan: 5m`.split('\n').map((line) => `  ${line}`);
  return [...NAMED, `title: c\ncorrelation:\n${lines.join('\n')}\n`].join('---\n');
}

const TEMPORAL = [
  ...['temporal', 'temporal_ordered'].flatMap((type) => [
    `type: ${type}\nrules: [${NAMES}]`,
    `type: ${type}\nrules: rule_a`,
    `type: ${type}\nrules: [rule_b, rule_a]\ngroup-by: [user, host]`,
    `type: ${type}\nrules: [${NAMES}]\ncondition: {gte: 2}`,
    `type: ${type}\nrules: [${NAMES}]\ncondition: {gt: 2}`,
    `type: ${type}\ncondition: rule_b and rule_a`,
    `type: ${type}\nrules: [rule_a, rule_b]\ncondition: rule_b and not rule_a`,
  ]),
  'type: temporal\nrules: [rule_a, rule_b, rule_c]\ncondition: {eq: 2}',
  'type: temporal\nrules: [rule_a, rule_b, rule_c]\ncondition: {lt: 2}',
];

/** Conditions in words, with and without parentheses: what binds first is part of what is compared. */
const { condition: arbitraryCondition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4 },
    { weight: 2, arbitrary: fc.constantFrom(...NAMES) },
    { weight: 1, arbitrary: tie('condition').map((one) => `not ${one}`) },
    { weight: 1, arbitrary: tie('condition').map((one) => `(${one})`) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(tie('condition'), fc.constantFrom('and', 'or'), tie('condition'))
        .map((parts) => parts.join(' ')),
    },
  ),
}));

describe.skipIf(!hasPySigma)('temporal correlations (not run without pySigma)', () => {
  it(
    'are met by the rules by which pySigma has them met, with conditions in words and without',
    () => {
      const words = fc.sample(arbitraryCondition, { numRuns: GENERATED, seed: 20_261 });
      const bodies = [...TEMPORAL, ...words.map((text) => `type: temporal\ncondition: ${text}`)];
      const generated = bodies.map((body, number) => ({
        name: `${number}: ${body}`,
        text: temporalFile(body).replaceAll('rule_', `rule_${number}_`),
      }));
      const ours = ourReading(generated);
      const { lines, reasons } = theirReading(generated);
      expect([...reasons]).toEqual([]);
      const others = differences(ours, lines);
      // Met by nothing at all, or by more than 64 ways: refused here, with what to write instead.
      const unexplained = others.filter((name) => ours.get(name)?.[0] !== REFUSED);
      expect(unexplained).toEqual([]);
      const tooWide = others.filter((name) => !/"met":"1/.test(lines.get(name)?.at(-1) ?? ''));
      expect(tooWide.length).toBeLessThan(generated.length / 20);
      expect(generated.length - others.length).toBeGreaterThan(generated.length / 2);
    },
    LONG,
  );
});
