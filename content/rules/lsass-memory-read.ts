import type { RuleDocument } from '../rule-document.ts';

/** Rights with which memory can be read or the process duplicated, as tools that steal passwords ask for them. */
const READING_RIGHTS = [
  ...['0x1010', '0x1038', '0x1410', '0x1418', '0x1438', '0x143a', '0x1478'],
  ...['0x1f0fff', '0x1f1fff', '0x1f2fff', '0x1f3fff', '0x1fffff'],
];

/** Parts of Windows and of Defender that read it in the course of their work, with the folders they live in. */
const TRUSTED_FOLDERS = [
  'c:\\windows\\system32\\',
  'c:\\programdata\\microsoft\\windows defender\\',
  'c:\\program files\\windows defender\\',
];
const TRUSTED_PROGRAMS = [
  ...['\\msmpeng.exe', '\\csrss.exe', '\\wininit.exe', '\\lsm.exe', '\\wmiprvse.exe'],
  ...['\\svchost.exe', '\\mrt.exe', '\\services.exe'],
];

/** The process that holds the passwords and hashes of who is logged on is opened for reading. */
export const lsassMemoryRead: RuleDocument = {
  id: 'lsass-memory-read',
  name: 'lsass_memory_read',
  version: 1,
  kind: 'match',
  title: 'Memory of LSASS opened for reading',
  description: 'A process on {group} opened the memory of LSASS, where credentials are kept',
  severity: 9,
  category: 'endpoint',
  logsources: [{ product: 'windows', category: 'process_access' }],
  group_by: ['source.host'],
  condition: {
    all: [
      { field: 'attributes.TargetImage', ends_with: '\\lsass.exe' },
      { field: 'attributes.GrantedAccess', equals: READING_RIGHTS },
      {
        not: {
          all: [
            { field: 'attributes.SourceImage', starts_with: TRUSTED_FOLDERS },
            { field: 'attributes.SourceImage', ends_with: TRUSTED_PROGRAMS },
          ],
        },
      },
    ],
  },
  parameters: {},
  tags: ['attack.credential_access', 'attack.t1003.001'],
  false_positives: ['Security products other than Defender'],
};
