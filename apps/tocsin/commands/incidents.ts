import type { Command } from 'commander';
import { INCIDENT_COLUMNS } from '../cli/columns.ts';
import { registerList } from '../cli/list-command.ts';

export function registerIncidents(program: Command): void {
  registerList(program, {
    name: 'incidents',
    description: 'list the incidents of a tenant, newest first',
    path: '/v1/incidents',
    statuses: async () => (await import('@tocsin/contracts/incident.ts')).INCIDENT_STATUSES,
    columns: INCIDENT_COLUMNS,
  });
}
