import { Problem } from '@tocsin/kernel/problem.ts';

/** The entity tag of a revision: `"7"`. Strong: the revision changes with every change of the object. */
export function etagOf(revision: number | string): string {
  return `"${revision}"`;
}

/**
 * Checks the header `If-Match` (RFC 9110 section 13.1.1) of a change against the object's present revision.
 * `*` fits any; a weak tag (which some proxies make of ours) counts as its strong form.
 *
 * @throws {@link Problem} `precondition_required` when the header is absent, `precondition_failed` when no tag fits
 */
export function checkIfMatch(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  revision: number | string,
): void {
  const header = headers['if-match'];
  if (typeof header !== 'string' || header === '') {
    throw new Problem('precondition_required', {
      detail: 'send the ETag of the object you read as the header If-Match',
    });
  }
  const current = etagOf(revision);
  const fits = header.split(',').some((tag) => {
    const name = tag.trim().replace(/^W\//, '');
    return name === '*' || name === current;
  });
  if (fits) return;
  throw new Problem('precondition_failed', {
    detail: 'the object has changed since you read it; read it again and repeat the change',
    members: { etag: current },
  });
}
