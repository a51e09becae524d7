import { Problem } from '@tocsin/kernel/problem.ts';
import { loadSigma, type SigmaContent } from '@tocsin/sigma/load-sigma.ts';
import { readRuleFiles } from '../scan/load-scan-rules.ts';
import { readLists } from '../scan/read-lists.ts';

/** What `tocsin rules lint --json` prints. */
export interface LintReport {
  /** After collection actions. */
  readonly documents: number;
  readonly loaded: number;
  readonly inactive: readonly {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly id: string;
    readonly title: string;
    readonly placeholders: readonly string[];
  }[];
  readonly refused: readonly Fault[];
}

interface Fault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
}

/** Reads rules as the product would. @param listsFile JSON with the values of placeholders by name */
export async function readContent(
  paths: readonly string[],
  listsFile: string | undefined,
): Promise<SigmaContent> {
  const files = await readRuleFiles(paths);
  if (files.length === 0) {
    throw new Problem('invalid_request', {
      detail: `there is no .yml file in ${paths.join(', ')}.`,
    });
  }
  return loadSigma(files, await readLists(listsFile));
}

/** What became of each document. */
export function lintReport(content: SigmaContent): LintReport {
  const { documents, rules, filters, correlations } = content;
  return {
    documents,
    loaded: rules.length + filters.length + correlations.length,
    inactive: content.inactive.map(({ file, line, column, id, title, placeholders }) => ({
      file,
      line,
      column,
      id,
      title,
      placeholders,
    })),
    refused: content.refused.map(faultOf),
  };
}

/** What loads and probably does not mean what was meant, a sentence each. */
export function warningsOf({ warnings }: SigmaContent): string[] {
  return warnings.map(
    ({ file, line, column, message }) => `warning   ${file}:${line}:${column}: ${message}`,
  );
}

/** The same for people. */
export function lintText({ documents, loaded, inactive, refused }: LintReport): string {
  const at = ({ file, line, column }: Pick<Fault, 'file' | 'line' | 'column'>): string =>
    `${file}:${line}:${column}`;
  return [
    ...refused.map((fault) => `refused   ${at(fault)}: ${fault.message} (${fault.code})`),
    ...inactive.map(
      (rule) =>
        `inactive  ${at(rule)}: "${rule.title}" waits for the lists ${rule.placeholders.join(', ')}`,
    ),
    `${documents} documents: ${loaded} loaded, ${inactive.length} inactive, ${refused.length} refused`,
  ].join('\n');
}

function faultOf({ file, line, column, code, message }: Fault): Fault {
  return { file, line, column, code, message };
}
