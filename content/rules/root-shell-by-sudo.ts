import type { RuleDocument } from '../rule-document.ts';

const SHELLS = ['bash', 'sh', 'zsh', 'dash', 'ksh', 'fish'].flatMap((shell) =>
  ['/bin/', '/usr/bin/'].flatMap((folder) => [
    `${folder}${shell}`,
    `${folder}${shell} -i`,
    `${folder}${shell} -l`,
  ]),
);

/** A whole shell as root leaves no record of what is done in it. */
export const rootShellBySudo: RuleDocument = {
  id: 'root-shell-by-sudo',
  name: 'root_shell_by_sudo',
  version: 1,
  kind: 'match',
  title: 'Interactive root shell by sudo',
  description: '{group} took a root shell by sudo',
  severity: 5,
  category: 'auth',
  logsources: [{ product: 'linux', service: 'sudo' }],
  condition: {
    all: [
      { field: 'action', equals: 'sudo' },
      { field: 'outcome', equals: 'success' },
      { field: 'attributes.target_user', equals: 'root' },
      {
        field: 'attributes.command',
        equals: [...SHELLS, '/bin/su', '/usr/bin/su', '/bin/su -', '/usr/bin/su -'],
      },
    ],
  },
  parameters: {},
  tags: ['attack.privilege_escalation', 'attack.t1548.003'],
  false_positives: ['Administrators who work in a root shell'],
};
