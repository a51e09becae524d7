import type { Random } from '@tocsin/kernel/random.ts';

/** Version 00 of W3C Trace Context (section 3.2): version, trace id, parent id, flags. */
const PATTERN = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
const ZERO_TRACE = '0'.repeat(32);
const ZERO_PARENT = '0'.repeat(16);

/**
 * Reads an untrusted `traceparent` header. Returns it unchanged when well-formed, so that a trace passes through
 * parts that record no spans of their own; `undefined` otherwise (then a new trace is started).
 */
export function parseTraceparent(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length !== 55) return undefined;
  const match = PATTERN.exec(value);
  if (match === null || match[1] === ZERO_TRACE || match[2] === ZERO_PARENT) return undefined;
  return value;
}

/** Starts a trace: a fresh `traceparent`, sampled. */
export function startTraceparent(random: Random): string {
  const hex = Buffer.from(random.bytes(24)).toString('hex');
  return `00-${hex.slice(0, 32)}-${hex.slice(32)}-01`;
}

/** The trace id inside a well-formed `traceparent`; `''` of `''`. */
export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}
