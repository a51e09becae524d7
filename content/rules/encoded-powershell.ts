import type { RuleDocument } from '../rule-document.ts';

const POWERSHELL = ['\\powershell.exe', '\\pwsh.exe'];

/** PowerShell started with its script in base64, so that nobody reads it. */
export const encodedPowershell: RuleDocument = {
  id: 'encoded-powershell',
  name: 'encoded_powershell',
  version: 1,
  kind: 'match',
  title: 'PowerShell started with an encoded script',
  description: 'PowerShell ran an encoded command on {group}',
  severity: 7,
  category: 'endpoint',
  logsources: [{ product: 'windows', category: 'process_creation' }],
  group_by: ['source.host'],
  condition: {
    all: [
      {
        any: [
          { field: 'attributes.Image', ends_with: POWERSHELL },
          { field: 'attributes.NewProcessName', ends_with: POWERSHELL },
        ],
      },
      {
        field: 'attributes.CommandLine',
        contains: [' -e ', ' -ec ', ' -en ', ' -enc', ' /e ', ' /enc', 'frombase64string'],
      },
    ],
  },
  parameters: {},
  tags: ['attack.execution', 'attack.t1059.001', 'attack.defense_evasion', 'attack.t1027'],
  false_positives: ['Management agents that pass scripts this way'],
};
