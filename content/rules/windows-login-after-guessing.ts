import { FAILED_LOGIN } from '../conditions/failed-login.ts';
import type { RuleDocument } from '../rule-document.ts';

/** Failures that end with a success: the password was found. */
export const windowsLoginAfterGuessing: RuleDocument = {
  id: 'windows-login-after-guessing',
  name: 'windows_login_after_guessing',
  version: 1,
  kind: 'sequence',
  title: 'Windows login after many failures',
  description: 'Five failed logins and then a login, by {group}, within half an hour',
  severity: 7,
  category: 'auth',
  logsources: [{ product: 'windows', service: 'security' }],
  group_by: ['actor', 'src_ip'],
  parameters: {
    within_seconds: 1800,
    steps: [
      { name: 'failed logins', count: 5, condition: FAILED_LOGIN },
      {
        name: 'login',
        condition: {
          all: [
            { field: 'action', equals: 'login' },
            { field: 'outcome', equals: 'success' },
          ],
        },
      },
    ],
  },
  tags: ['attack.credential_access', 'attack.t1110', 'attack.initial_access', 'attack.t1078'],
  false_positives: ['Somebody who forgot a password and remembered it'],
};
