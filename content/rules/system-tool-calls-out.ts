import { TO_PUBLIC } from '../conditions/private-address.ts';
import type { RuleDocument } from '../rule-document.ts';

/** Programs of Windows that fetch and run code for whoever asks, and have little to do on the internet. */
const TOOLS = [
  ...['\\powershell.exe', '\\pwsh.exe', '\\rundll32.exe', '\\regsvr32.exe', '\\mshta.exe'],
  ...['\\certutil.exe', '\\bitsadmin.exe', '\\wscript.exe', '\\cscript.exe', '\\msbuild.exe'],
  ...['\\installutil.exe', '\\cmstp.exe'],
];

/** A program that belongs to Windows talks to the internet in place of one that attackers would have to bring. */
export const systemToolCallsOut: RuleDocument = {
  id: 'system-tool-calls-out',
  name: 'system_tool_calls_out',
  version: 1,
  kind: 'match',
  title: 'System tool connects to the internet',
  description: 'A system tool on {group} connected to an address on the internet',
  severity: 6,
  category: 'endpoint',
  logsources: [{ product: 'windows', category: 'network_connection' }],
  group_by: ['source.host'],
  condition: {
    all: [
      { field: 'attributes.Image', ends_with: TOOLS },
      { not: { field: 'attributes.Initiated', equals: 'false' } },
      TO_PUBLIC,
    ],
  },
  parameters: {},
  tags: ['attack.command_and_control', 'attack.t1105', 'attack.t1218'],
  false_positives: ['Scripts of administrators that load updates'],
};
