import { FAILED_LOGIN } from '../conditions/failed-login.ts';
import type { RuleDocument } from '../rule-document.ts';

/**
 * Ten failed logins of one actor within five minutes (A-054, X-06, X-07, Resolution 14).
 * An event that stands for several attempts says so in `failed_login_count`.
 */
export const failedLoginThreshold: RuleDocument = {
  id: 'failed-login-threshold',
  name: 'failed_login_threshold',
  version: 1,
  kind: 'threshold',
  title: 'Many failed logins of one account',
  description: '{total} failed logins of {group} within 5 minutes of each other',
  severity: 8,
  category: 'auth',
  group_by: ['actor'],
  condition: FAILED_LOGIN,
  parameters: { threshold: 10, window_seconds: 300, sum: 'attributes.failed_login_count' },
  tags: [
    'attack.credential_access',
    'attack.t1110',
    'authentication',
    'brute-force',
    'failed-login',
  ],
  false_positives: ['A script or a phone with an old password'],
};
