import type { EventTable } from './channels.ts';

/** Ids of the System log that tell of change; they belong to the providers Service Control Manager and Eventlog. */
export const SYSTEM_EVENTS: EventTable = {
  104: { action: 'log_cleared', category: 'endpoint', outcome: 'success' },
  7034: { action: 'service_crashed', detail: 'param1' },
  7036: { action: 'service_state_changed', detail: 'param1' },
  7040: { action: 'service_start_type_changed', category: 'endpoint', detail: 'param1' },
  7045: { action: 'service_installed', category: 'endpoint', detail: 'ImagePath' },
};
