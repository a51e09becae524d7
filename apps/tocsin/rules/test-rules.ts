import { existsSync } from 'node:fs';
import { loadSigma } from '@tocsin/sigma/load-sigma.ts';
import { ruleFiles } from '../scan/find-files.ts';
import { readRuleFiles } from '../scan/load-scan-rules.ts';
import { readJson } from '../scan/read-lists.ts';
import { alertsOn, parseSamples, type Sample, sampleEvents } from './try-rules.ts';

/** What `tocsin rules test --json` prints. */
export interface TestReport {
  readonly files: number;
  /** Samples tried, all of them. */
  readonly samples: number;
  readonly failures: readonly TestFailure[];
  /** Rule files without samples beside them. */
  readonly untested: readonly string[];
}

export interface TestFailure {
  readonly file: string;
  readonly expected: 'match' | 'no_match';
  /** Position in its list, from 0. */
  readonly sample: number;
  readonly message: string;
}

/** The samples of `rule.yml` stand beside it in `rule.samples.json`. */
export function samplesFile(ruleFile: string): string {
  return ruleFile.replace(/\.ya?ml$/i, '.samples.json');
}

/** Tries the samples that stand beside rules: some document of the file must alert on each `match`, none on `no_match`. */
export async function testRules(paths: readonly string[]): Promise<TestReport> {
  const files: string[] = [];
  for (const path of paths) files.push(...(await ruleFiles(path)));
  const failures: TestFailure[] = [];
  const untested: string[] = [];
  let samples = 0;
  for (const file of files) {
    const beside = samplesFile(file);
    if (!existsSync(beside)) {
      untested.push(file);
      continue;
    }
    const content = loadSigma(await readRuleFiles([file]));
    const [refused] = content.refused;
    if (refused !== undefined) {
      const message = `${refused.line}:${refused.column}: ${refused.message}`;
      failures.push({ file, expected: 'match', sample: 0, message });
      continue;
    }
    const { match, noMatch } = parseSamples(await readJson(beside), beside);
    const lists = [
      ['match', match],
      ['no_match', noMatch],
    ] as const;
    for (const [expected, list] of lists) {
      samples += list.length;
      for (const [sample, value] of list.entries()) {
        const message = faultOf(value, expected, (events) => alertsOn(content, events));
        if (message !== undefined) failures.push({ file, expected, sample, message });
      }
    }
  }
  return { files: files.length, samples, failures, untested };
}

function faultOf(
  sample: Sample,
  expected: 'match' | 'no_match',
  alerts: (events: ReturnType<typeof sampleEvents>) => readonly string[],
): string | undefined {
  const events = sampleEvents(sample);
  const titles = alerts(events);
  if (expected === 'no_match') {
    return titles.length === 0 ? undefined : `alerts and should not: ${titles.join(', ')}`;
  }
  if (titles.length > 0) return undefined;
  const known = events.map(({ logsources }) =>
    logsources
      .map(({ product, category, service }) => `${product}/${category}/${service}`)
      .join(' '),
  );
  return `does not alert and should; its logsource: ${[...new Set(known)].join(', ') || 'none'}`;
}

/** The same for people. */
export function testText({ files, samples, failures, untested }: TestReport): string {
  return [
    ...failures.map(
      ({ file, expected, sample, message }) =>
        `failed    ${file}: ${expected}[${sample}] ${message}`,
    ),
    ...untested.map((file) => `untested  ${file}: write samples to ${samplesFile(file)}`),
    `${samples} samples of ${files - untested.length} files: ${failures.length} failures; ${untested.length} files without samples`,
  ].join('\n');
}
