import type { Command } from 'commander';
import { type CommonOptions, defineCommand } from '../cli/define-command.ts';

export function registerDoctor(program: Command): void {
  defineCommand(program, 'doctor', 'check this machine and say what to do').action(
    async (options: CommonOptions) => {
      const { runDoctor } = await import('../doctor/run-doctor.ts');
      await runDoctor(options);
    },
  );
}
