import type { Command } from 'commander';
import { ALERT_COLUMNS } from '../cli/columns.ts';
import { registerList } from '../cli/list-command.ts';

export function registerAlerts(program: Command): void {
  registerList(program, {
    name: 'alerts',
    description: 'list the alerts of a tenant, newest first',
    path: '/v1/alerts',
    statuses: async () => (await import('@tocsin/contracts/alert-status.ts')).ALERT_STATUSES,
    columns: ALERT_COLUMNS,
  });
}
