import { Problem } from '@tocsin/kernel/problem.ts';
import { type Command, Option } from 'commander';
import { openStream } from '../cli/api-stream.ts';
import { EVENT_COLUMNS } from '../cli/columns.ts';
import { type ApiOptions, defineApiCommand } from '../cli/define-command.ts';
import { wholeNumber } from '../cli/parse-number.ts';
import { openTenantSession } from '../cli/session.ts';
import { formatTable } from '../cli/table.ts';
import { openTerminal } from '../cli/terminal.ts';
import { writeLines } from '../cli/write-lines.ts';

interface SearchOptions extends ApiOptions {
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
  readonly export?: true;
  readonly out?: string;
}

/** Most events one call lists. */
const EVENTS_MAX = 10_000;

export function registerSearch(program: Command): void {
  defineApiCommand(program, 'search [query]', 'find events, newest first')
    .option('--from <time>', 'not before this time (RFC 3339)')
    .option('--to <time>', 'before this time (RFC 3339)')
    .addOption(
      new Option('--limit <n>', 'how many')
        .argParser(wholeNumber(1, EVENTS_MAX))
        .default(50)
        .conflicts('export'),
    )
    .option('--export', 'all of them, at most 100,000, as NDJSON; it is put on record')
    .option('--out <file>', 'with --export: write to a new file instead of standard output')
    .addHelpText('after', "\nExample: tocsin search 'category:auth and outcome:failure'")
    .action(async (query: string | undefined, options: SearchOptions) => {
      if (options.out !== undefined && options.export !== true) {
        throw new Problem('invalid_request', {
          detail: '--out goes with --export, which writes all events that match.',
        });
      }
      const api = await openTenantSession(options);
      const { from, to, limit } = options;
      if (options.export === true) {
        const asked = new URLSearchParams();
        for (const [name, value] of Object.entries({ q: query, from, to })) {
          if (value !== undefined) asked.set(name, value);
        }
        const path = `/v1/events/export?${asked}`;
        await writeLines(await openStream(api, path), options.out, options.json === true);
        return;
      }
      const items = await api.all('/v1/events/search', { q: query, from, to }, limit);
      openTerminal(options.json === true).result({ items }, () =>
        items.length === 0 ? 'No events match.' : formatTable(items, EVENT_COLUMNS),
      );
    });
}
