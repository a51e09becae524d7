import { PROBLEMS, type ProblemCode } from './problem-catalogue.ts';

/** One fault of an input: where it is (JSON pointer, RFC 6901) and what is wrong there. */
export interface ProblemFault {
  readonly pointer: string;
  readonly detail: string;
}

/** What a problem carries beyond its code. */
export interface ProblemOptions {
  /** One readable sentence for this occurrence: what happened and what to do next. */
  readonly detail?: string;
  readonly errors?: readonly ProblemFault[];
  /** Further members of the problem document, for example `allowed` next states. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Whole seconds a client should wait: sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/**
 * A caller's mistake or an outside failure, with a stable code (RFC 9457).
 * Our own bugs are not problems: they are assertions (`assert.ts`).
 */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly title: string;
  readonly retryable: boolean;
  readonly detail: string | undefined;
  readonly errors: readonly ProblemFault[];
  readonly members: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    const kind = PROBLEMS[code];
    super(
      options.detail ?? kind.title,
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.name = 'Problem';
    this.code = code;
    this.status = kind.status;
    this.title = kind.title;
    this.retryable = kind.retryable;
    this.detail = options.detail;
    this.errors = options.errors ?? [];
    this.members = options.members ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Says whether an unknown thrown value is a {@link Problem}, optionally of one code. */
export function isProblem(value: unknown, code?: ProblemCode): value is Problem {
  return value instanceof Problem && (code === undefined || value.code === code);
}
