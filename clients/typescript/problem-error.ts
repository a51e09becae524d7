import type { components } from './api.generated.ts';

/** The body of a refusal (RFC 9457). Branch on `code`: docs/reference/problems.md lists them. */
export type ProblemDocument = components['schemas']['Problem'];

/** An answer of 400 or more. */
export class ProblemError extends Error {
  readonly status: number;
  /** Seconds to wait before trying again, when the server says so. */
  readonly retryAfterSeconds: number | undefined;
  /** Absent when the answer was no problem document: a proxy answered. */
  readonly document: ProblemDocument | undefined;

  constructor(request: string, response: Response, document: ProblemDocument | undefined) {
    super(sentenceOf(request, response.status, document));
    this.name = 'ProblemError';
    this.status = response.status;
    this.document = document;
    const after = Number(response.headers.get('retry-after') ?? Number.NaN);
    this.retryAfterSeconds = Number.isFinite(after) ? after : undefined;
  }

  /** The stable code, such as `not_found`; undefined when a proxy answered. */
  get code(): string | undefined {
    return this.document?.code;
  }
}

function sentenceOf(
  request: string,
  status: number,
  document: ProblemDocument | undefined,
): string {
  const said = document?.detail ?? document?.title ?? `${request} was answered with ${status}`;
  const faults = Array.isArray(document?.errors) ? document.errors : [];
  if (faults.length === 0) return said;
  return `${said} (${faults.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ')})`;
}
