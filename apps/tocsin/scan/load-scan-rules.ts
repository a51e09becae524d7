import { readFile } from 'node:fs/promises';
import { Problem } from '@tocsin/kernel/problem.ts';
import { ruleKey } from '@tocsin/sigma/correlation/correlation-rule.ts';
import { loadSigma, type SigmaContent } from '@tocsin/sigma/load-sigma.ts';
import { applyPipelines } from '@tocsin/sigma/pipeline/apply-pipelines.ts';
import { parsePipelines } from '@tocsin/sigma/pipeline/parse-pipeline.ts';
import type { SigmaPipeline } from '@tocsin/sigma/pipeline/pipeline.ts';
import type { RuleFile } from '@tocsin/sigma/rule/load-rules.ts';
import { plainText } from '../cli/plain-text.ts';
import { ruleFiles } from './find-files.ts';
import { readLists } from './read-lists.ts';

/** Sentences printed of each kind; the rest is counted: what was found should not scroll away. */
const SENTENCES_MAX = 5;

/** What rules are read with, beside their paths. */
export interface RuleReading {
  readonly pipeline?: readonly string[];
  /** File with the values of placeholders. */
  readonly lists?: string;
  /** Also rules that say of themselves that they are deprecated or unsupported. */
  readonly retired?: true;
}

/** Rules that can be tried. */
export type ScanRules = SigmaContent & {
  /** How many were left out as retired. */
  readonly retired: number;
};

/** Reads the rules of all paths as one set. @throws Problem when a path cannot be read or holds no rule that can run */
export async function loadScanRules(
  paths: readonly string[],
  { pipeline = [], lists, retired }: RuleReading = {},
): Promise<ScanRules> {
  const pipelines = await readPipelines(pipeline);
  const options = await readLists(lists);
  const loaded = applyPipelines(loadSigma(await readRuleFiles(paths), options), pipelines);
  if (loaded.rules.length > 0) {
    return retired === true ? { ...loaded, retired: 0 } : withoutRetired(loaded);
  }
  const { refused, inactive, correlations, documents } = loaded;
  const because =
    documents === 0
      ? 'there is no .yml file in it'
      : `${refused.length} documents are refused, ${inactive.length} wait for lists, ${correlations.length} are correlations`;
  const first = refused[0];
  const detail = `no rule of ${paths.join(', ')} can run: ${because}.`;
  const example =
    first === undefined ? '' : ` ${first.file}:${first.line}:${first.column}: ${first.message}`;
  throw new Problem('invalid_request', { detail: detail + example });
}

/** Leaves out what is retired, unless a correlation counts it or there is nothing else. */
function withoutRetired(loaded: SigmaContent): ScanRules {
  const counted = new Set(
    loaded.correlations.flatMap(({ plan }) => plan.inputs.map(({ source }) => source)),
  );
  const rules = loaded.rules.filter(
    (rule) =>
      (rule.status !== 'deprecated' && rule.status !== 'unsupported') || counted.has(ruleKey(rule)),
  );
  if (rules.length === 0) return { ...loaded, retired: 0 };
  return { ...loaded, rules, retired: loaded.rules.length - rules.length };
}

async function readPipelines(paths: readonly string[]): Promise<SigmaPipeline[]> {
  const parsed = (await readRuleFiles(paths)).map(parsePipelines);
  const [fault] = parsed.flatMap(({ refused }) => refused);
  if (fault === undefined) return parsed.flatMap(({ pipelines }) => pipelines);
  const { file, line, column, message } = fault;
  throw new Problem('invalid_request', { detail: `${file}:${line}:${column}: ${message}.` });
}

/** Reads all rule files of some paths, in order. @throws Problem when one cannot be read */
export async function readRuleFiles(paths: readonly string[]): Promise<RuleFile[]> {
  const files: RuleFile[] = [];
  for (const path of paths) {
    for (const name of await ruleFiles(path)) files.push({ name, text: await readText(name) });
  }
  return files;
}

/** What a person must know of rules that do not run, each by name. */
export function sentencesAbout(loaded: ScanRules): string[] {
  const refused = loaded.refused.map(
    ({ file, line, column, code, message }) =>
      `refused: ${file}:${line}:${column}: ${message} (${code})`,
  );
  const inactive = loaded.inactive.map(
    ({ file, title, placeholders }) =>
      `inactive: ${file}: "${title}" waits for the lists ${placeholders.join(', ')}`,
  );
  const retired =
    loaded.retired === 0
      ? []
      : [
          `left out: ${loaded.retired} rules that are deprecated or unsupported (--retired tries them)`,
        ];
  return [refused, inactive, retired].flatMap(shortened).map(plainText);
}

function shortened(sentences: readonly string[]): string[] {
  const rest = sentences.length - SENTENCES_MAX;
  const shown = sentences.slice(0, SENTENCES_MAX);
  return rest > 0
    ? [
        ...shown,
        `... and ${rest} more ${sentences[0]?.split(':')[0]}: tocsin rules lint names them all`,
      ]
    : shown;
}

async function readText(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\ufeff/, '');
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? cause.code : String(cause);
    throw new Problem('invalid_request', { detail: `${path} cannot be read (${why}).`, cause });
  }
}
