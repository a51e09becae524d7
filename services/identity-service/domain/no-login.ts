import { Problem } from '@tocsin/kernel/problem.ts';

/** Where no identity provider is set up, nobody logs in with a browser. */
export function noLogin(): Problem {
  return new Problem('not_found', {
    detail: 'no identity provider is set up here: TOCSIN_OIDC_ISSUER names one',
  });
}
