import type { Command } from 'commander';
import { type CommonOptions, defineCommand } from '../cli/define-command.ts';
import { openTerminal } from '../cli/terminal.ts';
import { productVersion } from '../version.ts';

export function registerVersion(program: Command): void {
  defineCommand(program, 'version', 'print the versions of Tocsin and Node').action(
    (options: CommonOptions) => {
      const found = { tocsin: productVersion(), node: process.versions.node };
      openTerminal(options.json === true).result(
        found,
        () => `tocsin ${found.tocsin} (Node ${found.node})`,
      );
    },
  );
}
