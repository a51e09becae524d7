import type { Problem, ProblemFault } from '@tocsin/kernel/problem.ts';
import Type from 'typebox';

/** Media type of every error (RFC 9457). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** A problem on the wire: RFC 9457, our members, and the member `error` that older clients read. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly retryable: boolean;
  readonly request_id: string;
  readonly errors: readonly ProblemFault[];
  readonly error: {
    readonly message: string;
    readonly status_code: number;
    readonly retryable: boolean;
    readonly detail: string;
    readonly request_id: string;
  };
  readonly [member: string]: unknown;
}

/** {@link ProblemDocument} as a schema, for OpenAPI. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'urn:tocsin:problem:<code>' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String(),
    code: Type.String({ description: 'Stable; see docs/reference/problems.md' }),
    retryable: Type.Boolean(),
    request_id: Type.String(),
    errors: Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() })),
    error: Type.Object({
      message: Type.String(),
      status_code: Type.Integer(),
      retryable: Type.Boolean(),
      detail: Type.String(),
      request_id: Type.String(),
    }),
  },
  { additionalProperties: true, title: 'Problem' },
);

/** The document of a problem. `instance` is the path of the request, without its query (it may hold secrets). */
export function problemDocument(
  problem: Problem,
  requestId: string,
  instance: string,
): ProblemDocument {
  const { code, status, title, retryable } = problem;
  const detail = problem.detail ?? title;
  return {
    ...problem.members,
    type: `urn:tocsin:problem:${code}`,
    title,
    status,
    detail,
    instance,
    code,
    retryable,
    request_id: requestId,
    errors: problem.errors,
    error: { message: title, status_code: status, retryable, detail, request_id: requestId },
  };
}
