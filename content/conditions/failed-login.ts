import type { Condition } from '../rule-document.ts';

/** What lines say that accompany a failed login: the attempt itself is another line. */
const BESIDE_AN_ATTEMPT = [
  'pam_auth',
  'invalid_user',
  'denied_user',
  'max_attempts',
  'credential_validated',
];

/** Beginnings of what fails in the category `auth` without anyone trying to log in. */
const NO_ATTEMPT = ['kerberos_', 'user_', 'group_', 'password_', 'AssumeRole', 'Get'];

/**
 * A failed login: it says that it failed, or gives a count of failures without saying that it succeeded.
 * Lines that only accompany one (of PAM, or the notice that the user is unknown) are no further attempt.
 */
export const FAILED_LOGIN: Condition = {
  all: [
    {
      any: [
        { field: 'outcome', equals: 'failure' },
        {
          all: [
            { field: 'attributes.failed_login_count', at_least: 1 },
            { not: { field: 'outcome', equals: 'success' } },
          ],
        },
      ],
    },
    { not: { field: 'action', equals: BESIDE_AN_ATTEMPT } },
    { not: { field: 'action', starts_with: NO_ATTEMPT } },
  ],
};
