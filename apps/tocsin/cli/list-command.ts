import type { ListPath, ListQuery } from '@tocsin/client/list-items.ts';
import { type Command, CommanderError } from 'commander';
import type { ApiObject } from './api-client.ts';
import { type ApiOptions, defineApiCommand } from './define-command.ts';
import { EXIT_USAGE } from './exit-status.ts';
import { wholeNumber } from './parse-number.ts';
import { openTenantSession } from './session.ts';
import { type Column, formatTable } from './table.ts';
import { openTerminal } from './terminal.ts';

/** A command that lists things of one tenant. */
export interface ListCommand {
  readonly name: string;
  readonly description: string;
  readonly path: ListPath & `/v1/${'alerts' | 'incidents' | 'cases'}`;
  /** Loaded when needed: a schema takes longer to load than most commands to run. */
  readonly statuses: () => Promise<readonly string[]>;
  readonly columns: readonly Column<ApiObject>[];
}

interface ListOptions extends ApiOptions {
  readonly status?: string;
  readonly limit: number;
}

/** Most items one call lists. */
const ITEMS_MAX = 10_000;

/** Adds `tocsin <name>`, which prints the newest things of a kind. */
export function registerList(program: Command, list: ListCommand): void {
  defineApiCommand(program, list.name, list.description)
    .option('--status <status>', 'only those of one status')
    .option('--limit <n>', 'how many', wholeNumber(1, ITEMS_MAX), 50)
    .action(async (options: ListOptions) => {
      await requireStatus(options.status, list);
      const api = await openTenantSession(options);
      // Checked above: a status of one kind of thing is none of another's.
      const query = { status: options.status } as ListQuery<typeof list.path>;
      const items = await api.all(list.path, query, options.limit);
      openTerminal(options.json === true).result({ items }, () =>
        items.length === 0 ? `No ${list.name}.` : formatTable(items, list.columns),
      );
    });
}

async function requireStatus(status: string | undefined, list: ListCommand): Promise<void> {
  if (status === undefined) return;
  const statuses = await list.statuses();
  if (statuses.includes(status)) return;
  const message = `--status ${status}: ${list.name} have one of ${statuses.join(', ')}. (help: tocsin ${list.name} --help)`;
  process.stderr.write(`tocsin: ${message}\n`);
  throw new CommanderError(EXIT_USAGE, 'commander.invalidArgument', message);
}
