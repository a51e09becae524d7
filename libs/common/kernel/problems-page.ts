import { PROBLEMS, type ProblemKind } from './problem-catalogue.ts';

/** Prints the reference page of all problem codes. */
export function problemsPage(): string {
  const rows = Object.entries<ProblemKind>(PROBLEMS)
    .toSorted(([a, one], [b, two]) => one.status - two.status || a.localeCompare(b))
    .map(
      ([code, kind]) =>
        `| \`${code}\` | ${kind.status} | ${kind.title} | ${kind.retryable ? 'yes' : 'no'} |`,
    );
  return [
    '# Problems',
    '',
    'Printed from the catalogue by `node scripts/dev/write-reference.ts`; a test keeps it current.',
    '',
    'Every error is answered as `application/problem+json` (RFC 9457). `type` is `urn:tocsin:problem:<code>`.',
    'Branch on `code`: it is stable, and a retired one is never used again. `detail` is one sentence about this',
    'occurrence, `errors` names each member at fault by JSON pointer (`/query/...` and `/path/...` for parameters),',
    '`request_id` finds it in the log. Try again only when `retryable` is true, and not before `Retry-After`.',
    '',
    'The member `error` says the same to older clients: `{"message","status_code","retryable","detail","request_id"}`.',
    '',
    '| code | status | title | retryable |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
