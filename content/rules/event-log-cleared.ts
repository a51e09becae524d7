import type { RuleDocument } from '../rule-document.ts';

/** Somebody removed the record of what happened. */
export const eventLogCleared: RuleDocument = {
  id: 'event-log-cleared',
  name: 'event_log_cleared',
  version: 1,
  kind: 'match',
  title: 'Event log cleared',
  description: 'An event log was cleared on {group}',
  severity: 8,
  category: 'endpoint',
  logsources: [
    { product: 'windows', service: 'security' },
    { product: 'windows', service: 'system' },
  ],
  group_by: ['source.host'],
  condition: { field: 'action', equals: 'log_cleared' },
  parameters: {},
  tags: ['attack.defense_evasion', 'attack.t1070.001'],
  false_positives: ['A machine that is being set up'],
};
