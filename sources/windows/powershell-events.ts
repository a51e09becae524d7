import type { EventTable } from './channels.ts';

/** Microsoft-Windows-PowerShell/Operational. */
export const POWERSHELL_EVENTS: EventTable = {
  4103: { action: 'pipeline_executed', sigma: 'ps_module', actor: 'user' },
  4104: { action: 'script_block_executed', sigma: 'ps_script', actor: 'user', detail: 'Path' },
  4105: { action: 'script_block_started', actor: 'user' },
  4106: { action: 'script_block_ended', actor: 'user' },
};

/** The log of Windows PowerShell before version 5. */
export const POWERSHELL_CLASSIC_EVENTS: EventTable = {
  400: { action: 'engine_started', sigma: 'ps_classic_start' },
  403: { action: 'engine_stopped' },
  600: { action: 'provider_started', sigma: 'ps_classic_provider_start' },
  800: { action: 'pipeline_executed' },
};
