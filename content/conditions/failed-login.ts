import type { Condition } from '../rule-document.ts';

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
    {
      not: { field: 'action', equals: ['pam_auth', 'invalid_user', 'denied_user', 'max_attempts'] },
    },
  ],
};
