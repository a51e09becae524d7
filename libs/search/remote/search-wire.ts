import { Problem, type ProblemFault, type ProblemOptions } from '@tocsin/kernel/problem.ts';
import { PROBLEMS, type ProblemCode } from '@tocsin/kernel/problem-catalogue.ts';

/** Where the calls are. */
export const SEARCH_PATH = '/internal/search/';

/** What can be called: the reading methods of the port. */
export const SEARCH_CALLS = ['search', 'histogram', 'aggregate'] as const;
export type SearchCall = (typeof SEARCH_CALLS)[number];

/** The tenant that the calling process acts for, and who asked there (percent-encoded). */
export const TENANT_HEADER = 'x-tocsin-tenant';
export const ACTOR_HEADER = 'x-tocsin-actor';

/** Longest call body, bytes: a query of the largest allowed tree is far below. */
export const CALL_BYTES_MAX = 1024 * 1024;
/** How long a call may take when it says nothing, and at most, milliseconds. */
export const DEADLINE_MS_DEFAULT = 10_000;
export const DEADLINE_MS_MAX = 60_000;

/** A problem between two processes. */
export interface WireProblem {
  readonly code: string;
  readonly detail?: string;
  readonly errors: readonly ProblemFault[];
  readonly members: Readonly<Record<string, unknown>>;
  readonly retry_after_seconds?: number;
}

/** A problem as the answering process sends it. */
export function writeProblem(problem: Problem): WireProblem {
  return {
    code: problem.code,
    errors: problem.errors,
    members: problem.members,
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    ...(problem.retryAfterSeconds === undefined
      ? {}
      : { retry_after_seconds: problem.retryAfterSeconds }),
  };
}

/** The same problem in the asking process; `unavailable` when the answer is none. */
export function readProblem(value: unknown): Problem {
  const wire = value as Partial<WireProblem> | null;
  if (typeof wire?.code !== 'string' || !isCode(wire.code)) {
    return new Problem('unavailable', {
      detail: 'the event store gave an answer that is not understood',
      retryAfterSeconds: 1,
    });
  }
  const options: ProblemOptions = {
    errors: wire.errors ?? [],
    members: wire.members ?? {},
    ...(wire.detail === undefined ? {} : { detail: wire.detail }),
    ...(wire.retry_after_seconds === undefined
      ? {}
      : { retryAfterSeconds: wire.retry_after_seconds }),
  };
  return new Problem(wire.code, options);
}

function isCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}
