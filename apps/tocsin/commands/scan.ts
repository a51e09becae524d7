import type { Command } from 'commander';

/** Options of `tocsin scan`. */
export interface ScanOptions {
  readonly rules: readonly string[];
  readonly json?: true;
  readonly anyLogsource?: true;
  readonly stats?: true;
  readonly pipeline?: readonly string[];
  readonly lists?: string;
  readonly retired?: true;
}

export function registerScan(program: Command): void {
  program
    .command('scan <files...>')
    .description('match files against Sigma rules; nothing else needs to run (- is standard input)')
    .requiredOption('--rules <path>', 'file or folder of rules; may be given again', collect)
    .option('--json', 'print one line of JSON a match')
    .option('--pipeline <file>', 'pySigma pipeline that maps fields; may be given again', collect)
    .option('--lists <file>', 'JSON with the values of placeholders: {"admins": ["root"]}')
    .option('--any-logsource', 'try every rule on every event, whatever log it is meant for')
    .option('--retired', 'try rules too whose status is deprecated or unsupported')
    .option('--stats', 'say at the end what was read and what it cost')
    .addHelpText(
      'after',
      '\nReads EVTX, JSON, NDJSON and raw logs, also as .gz, and folders of them.' +
        '\nExit status: 0 nothing found, 1 found, 2 a file could not be read or another error,' +
        '\n130 stopped by Ctrl-C: what was found until then is printed.',
    )
    .action(async (files: string[], options: ScanOptions) => {
      const { runScan } = await import('../scan/run-scan.ts');
      process.exitCode = await runScan(files, options);
    });
}

function collect(path: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), path];
}
