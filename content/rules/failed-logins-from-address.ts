import { FAILED_LOGIN } from '../conditions/failed-login.ts';
import type { RuleDocument } from '../rule-document.ts';

/** Guessing over many accounts, too few tries each for a rule by account, shows by where it comes from. */
export const failedLoginsFromAddress: RuleDocument = {
  id: 'failed-logins-from-address',
  name: 'failed_logins_from_address',
  version: 1,
  kind: 'threshold',
  title: 'Many failed logins from one address',
  description: '{total} failed logins from {group} within 10 minutes of each other',
  severity: 6,
  category: 'auth',
  group_by: ['src_ip'],
  condition: FAILED_LOGIN,
  parameters: { threshold: 25, window_seconds: 600, sum: 'attributes.failed_login_count' },
  tags: ['attack.credential_access', 'attack.t1110.003', 'authentication', 'password-spraying'],
  false_positives: ['A gateway behind which many people log in', 'A scanner of your own'],
};
