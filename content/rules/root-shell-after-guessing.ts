import { FAILED_LOGIN } from '../conditions/failed-login.ts';
import type { RuleDocument } from '../rule-document.ts';
import { rootShellBySudo } from './root-shell-by-sudo.ts';

/** A found password, used at once for all there is. */
export const rootShellAfterGuessing: RuleDocument = {
  id: 'root-shell-after-guessing',
  name: 'root_shell_after_guessing',
  version: 1,
  kind: 'sequence',
  title: 'Password guessed, then a root shell',
  description: 'Failed logins, a login and a root shell one after the other: {group}',
  severity: 9,
  category: 'auth',
  logsources: [
    { product: 'linux', service: 'sshd' },
    { product: 'linux', service: 'sudo' },
  ],
  group_by: ['actor', 'source.host'],
  parameters: {
    within_seconds: 3600,
    steps: [
      { name: 'failed logins', count: 3, condition: FAILED_LOGIN },
      {
        name: 'login',
        condition: {
          all: [
            { field: 'action', equals: 'login' },
            { field: 'outcome', equals: 'success' },
          ],
        },
      },
      { name: 'root shell', condition: rootShellBySudo.condition },
    ],
  },
  tags: [
    'attack.credential_access',
    'attack.t1110',
    'attack.privilege_escalation',
    'attack.t1548.003',
  ],
  false_positives: ['An administrator who mistyped a password three times'],
};
