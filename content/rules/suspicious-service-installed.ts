import type { RuleDocument } from '../rule-document.ts';

/** Where services of honest software do not live, and what they do not start with. */
const ODD_PATHS = [
  ...['\\temp\\', '\\users\\public\\', '\\appdata\\', '\\perflogs\\', '\\$recycle.bin\\'],
  ...['\\admin$\\', 'powershell', 'cmd.exe /c', 'cmd /c', '%comspec%', 'rundll32', 'mshta'],
];

/** A service that starts from a folder anyone may write to, or that is a command line. */
export const suspiciousServiceInstalled: RuleDocument = {
  id: 'suspicious-service-installed',
  name: 'suspicious_service_installed',
  version: 1,
  kind: 'match',
  title: 'Service installed from an odd place',
  description: 'A service that starts from an odd place was installed on {group}',
  severity: 8,
  category: 'endpoint',
  logsources: [
    { product: 'windows', service: 'system' },
    { product: 'windows', service: 'security' },
  ],
  group_by: ['source.host'],
  condition: {
    all: [
      { field: 'action', equals: 'service_installed' },
      {
        any: [
          { field: 'attributes.ImagePath', contains: ODD_PATHS },
          { field: 'attributes.ServiceFileName', contains: ODD_PATHS },
        ],
      },
    ],
  },
  parameters: {},
  tags: ['attack.persistence', 'attack.t1543.003'],
  false_positives: ['Installers that run a helper service from a temporary folder'],
};
