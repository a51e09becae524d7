import type { Command } from 'commander';
import { type ApiOptions, defineApiCommand } from '../cli/define-command.ts';

/** Options of `tocsin ingest`. */
export interface IngestOptions extends ApiOptions {
  readonly source: string;
  readonly wrapped?: true;
  readonly restart?: true;
  readonly wait: boolean;
}

export function registerIngest(program: Command): void {
  defineApiCommand(program, 'ingest <file>', 'send a file of events (- for standard input)')
    .option('--source <name>', 'what wrote the lines; auto looks at each', 'auto')
    .option('--wrapped', 'each line is {"raw": ..., "source"?, "host"?}')
    .option('--restart', 'begin at the start, also when an earlier call was interrupted')
    .option('--no-wait', 'do not wait until everything is stored')
    .addHelpText(
      'after',
      '\nReads NDJSON, a JSON array, or plain lines, also as .gz. An interrupted call goes on where it was.',
    )
    .action(async (file: string, options: IngestOptions) => {
      const { runIngest } = await import('../ingest/run-ingest.ts');
      await runIngest(file, options);
    });
}
