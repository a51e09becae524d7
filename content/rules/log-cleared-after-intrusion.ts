import type { RuleDocument } from '../rule-document.ts';
import { encodedPowershell } from './encoded-powershell.ts';
import { eventLogCleared } from './event-log-cleared.ts';
import { lsassMemoryRead } from './lsass-memory-read.ts';
import { suspiciousServiceInstalled } from './suspicious-service-installed.ts';

const WORK = [encodedPowershell, lsassMemoryRead, suspiciousServiceInstalled];

/** What was done on a machine, and then the record of it removed. */
export const logClearedAfterIntrusion: RuleDocument = {
  id: 'log-cleared-after-intrusion',
  name: 'log_cleared_after_intrusion',
  version: 1,
  kind: 'sequence',
  title: 'Event log cleared after suspicious work',
  description: 'Suspicious work on {group}, and within a day its event log was cleared',
  severity: 9,
  category: 'endpoint',
  logsources: [{ product: 'windows' }],
  group_by: ['source.host'],
  parameters: {
    within_seconds: 86_400,
    steps: [
      {
        name: 'service from an odd place, encoded command, or passwords read from memory',
        condition: { any: WORK.map((rule) => rule.condition) },
      },
      { name: 'event log cleared', condition: eventLogCleared.condition },
    ],
  },
  tags: ['attack.defense_evasion', 'attack.t1070.001'],
  false_positives: ['A machine that is being set up'],
};
