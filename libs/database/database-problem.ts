import { messageOf } from '@tocsin/kernel/message-of.ts';
import { isProblem, Problem } from '@tocsin/kernel/problem.ts';
import pg from 'pg';

/** SQLSTATE (PostgreSQL Appendix A) of an error or of what caused it; `undefined` when it is not the server's. */
export function sqlStateOf(error: unknown): string | undefined {
  return serverError(error)?.code;
}

/** The constraint that a change broke, or `undefined`. */
export function brokenConstraint(error: unknown): string | undefined {
  return serverError(error)?.constraint;
}

function serverError(error: unknown): pg.DatabaseError | undefined {
  if (error instanceof pg.DatabaseError) return error;
  return error instanceof Error && error.cause !== undefined ? serverError(error.cause) : undefined;
}

/** Serialization failure, deadlock: the same transaction may succeed when repeated. */
export function isRepeatable(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === '40001' || state === '40P01';
}

/** PostgreSQL is away, as clients are told: the reason is the cause, for the log only. */
export function outageProblem(cause: unknown): Problem {
  return new Problem('unavailable', {
    detail: 'PostgreSQL cannot be reached now',
    retryAfterSeconds: 1,
    cause,
  });
}

/** The same for the operator, with the reason. */
export function connectProblem(cause: unknown): Problem {
  const reason = messageOf(cause);
  return new Problem('unavailable', {
    detail: `PostgreSQL cannot be reached: ${reason}`,
    retryAfterSeconds: 1,
    cause,
  });
}

/**
 * Maps what a query threw. The server's word for a mistake of ours (syntax, missing table, missing right, foreign
 * key, check) stays as it is: it is a bug and ends as 500.
 */
export function queryProblem(error: unknown): unknown {
  if (isProblem(error)) return error;
  if (!(error instanceof pg.DatabaseError)) return outageProblem(error);
  return byState(error) ?? error;
}

function byState(cause: pg.DatabaseError): Problem | undefined {
  const state = cause.code ?? '';
  if (state === '23505') return new Problem('conflict', { detail: 'this exists already', cause });
  if (state === '57014' || state === '55P03') {
    return new Problem('deadline_exceeded', {
      detail: 'PostgreSQL took too long to answer',
      cause,
    });
  }
  if (state === '53100') {
    return new Problem('storage_full', { detail: 'the disk of PostgreSQL is full', cause });
  }
  if (state === '22021' || state === '22P05') {
    return new Problem('invalid_request', { detail: 'a text holds a NUL character', cause });
  }
  if (state === '40001' || state === '40P01') {
    return new Problem('unavailable', {
      detail: 'the change met other changes at the same time: try again',
      retryAfterSeconds: 1,
      cause,
    });
  }
  return /^(08|53|57P|58)/.test(state) ? outageProblem(cause) : undefined;
}
