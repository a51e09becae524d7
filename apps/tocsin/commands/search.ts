import type { Command } from 'commander';
import { EVENT_COLUMNS } from '../cli/columns.ts';
import { type ApiOptions, defineApiCommand } from '../cli/define-command.ts';
import { wholeNumber } from '../cli/parse-number.ts';
import { openTenantSession } from '../cli/session.ts';
import { formatTable } from '../cli/table.ts';
import { openTerminal } from '../cli/terminal.ts';

interface SearchOptions extends ApiOptions {
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
}

/** Most events one call lists. */
const EVENTS_MAX = 10_000;

export function registerSearch(program: Command): void {
  defineApiCommand(program, 'search [query]', 'find events, newest first')
    .option('--from <time>', 'not before this time (RFC 3339)')
    .option('--to <time>', 'before this time (RFC 3339)')
    .option('--limit <n>', 'how many', wholeNumber(1, EVENTS_MAX), 50)
    .addHelpText('after', "\nExample: tocsin search 'category:auth and outcome:failure'")
    .action(async (query: string | undefined, options: SearchOptions) => {
      const api = await openTenantSession(options);
      const { from, to, limit } = options;
      const items = await api.all('/v1/events/search', { q: query, from, to }, limit);
      openTerminal(options.json === true).result({ items }, () =>
        items.length === 0 ? 'No events match.' : formatTable(items, EVENT_COLUMNS),
      );
    });
}
