/** One kind of problem a caller can meet: its HTTP status, a constant title, and whether trying again can help. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly retryable: boolean;
}

/**
 * Every problem code of the product (RFC 9457 `type` is derived from the code).
 * Codes are stable: clients branch on them. A retired code is never used again.
 */
export const PROBLEMS = {
  malformed_json: { status: 400, title: 'The body is not well-formed JSON', retryable: false },
  invalid_request: { status: 400, title: 'The request is not valid', retryable: false },
  invalid_query: { status: 400, title: 'The search query is not valid', retryable: false },
  invalid_cursor: { status: 400, title: 'The cursor is not valid here', retryable: false },
  tenant_header_missing: {
    status: 400,
    title: 'The header X-Tenant-ID is missing',
    retryable: false,
  },
  unauthenticated: { status: 401, title: 'A valid token is needed', retryable: false },
  forbidden: { status: 403, title: 'The role does not permit this', retryable: false },
  tenant_mismatch: { status: 403, title: 'The tenant is not that of the token', retryable: false },
  not_found: { status: 404, title: 'There is no such thing here', retryable: false },
  method_not_allowed: {
    status: 405,
    title: 'The path does not have this method',
    retryable: false,
  },
  request_timeout: { status: 408, title: 'The request took too long to arrive', retryable: true },
  conflict: { status: 409, title: 'The change conflicts with the present state', retryable: false },
  illegal_transition: {
    status: 409,
    title: 'The status cannot change like this',
    retryable: false,
  },
  lease_lost: { status: 409, title: 'Another owner holds the lease', retryable: false },
  precondition_failed: { status: 412, title: 'The object has changed meanwhile', retryable: false },
  body_too_large: { status: 413, title: 'The body is larger than the limit', retryable: false },
  unsupported_encoding: {
    status: 415,
    title: 'The content encoding is not supported',
    retryable: false,
  },
  unsupported_media_type: {
    status: 415,
    title: 'The content type is not supported',
    retryable: false,
  },
  precondition_required: { status: 428, title: 'The header If-Match is needed', retryable: false },
  headers_too_large: {
    status: 431,
    title: 'The request headers are larger than the limit',
    retryable: false,
  },
  too_many_requests: { status: 429, title: 'Too much at once', retryable: true },
  stored_data_damaged: {
    status: 500,
    title: 'Stored data that this needs is damaged',
    retryable: true,
  },
  internal: { status: 500, title: 'A fault in Tocsin', retryable: true },
  outcome_unknown: {
    status: 502,
    title: 'Whether it took effect is not known',
    retryable: true,
  },
  unavailable: { status: 503, title: 'A part of Tocsin is not available', retryable: true },
  storage_full: { status: 503, title: 'The disk is nearly full', retryable: true },
  deadline_exceeded: { status: 504, title: 'The answer took too long', retryable: true },
} as const satisfies Record<string, ProblemKind>;

/** A stable code out of {@link PROBLEMS}. */
export type ProblemCode = keyof typeof PROBLEMS;
