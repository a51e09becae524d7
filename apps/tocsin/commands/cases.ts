import type { Command } from 'commander';
import { CASE_COLUMNS } from '../cli/columns.ts';
import { registerList } from '../cli/list-command.ts';

export function registerCases(program: Command): void {
  registerList(program, {
    name: 'cases',
    description: 'list the cases of a tenant, newest first',
    path: '/v1/cases',
    statuses: async () => (await import('@tocsin/contracts/case.ts')).CASE_STATUSES,
    columns: CASE_COLUMNS,
  });
}
