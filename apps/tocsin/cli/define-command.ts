import type { Command } from 'commander';

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: true;
  readonly home?: string;
}

/** Options of commands that call the API. */
export interface ApiOptions extends CommonOptions {
  readonly tenant?: string;
  readonly url?: string;
}

/** A new command with the options all have: `--json`, `--home`. */
export function defineCommand(parent: Command, usage: string, description: string): Command {
  return parent
    .command(usage)
    .description(description)
    .option('--json', 'print the result as JSON')
    .option('--home <dir>', 'folder of the installation (TOCSIN_HOME)');
}

/** A new command that works on one tenant of a running product. */
export function defineApiCommand(parent: Command, usage: string, description: string): Command {
  return defineCommand(parent, usage, description)
    .option('--tenant <id>', 'tenant to work on (TOCSIN_TENANT); may be left out when there is one')
    .option('--url <url>', 'where Tocsin answers (TOCSIN_URL)');
}
