import type { EventRecord } from './event-record.ts';

/** Sixteen digits in a row may be a whole number that a double cannot hold. */
const LONG_NUMBER = /\d{16}/;
const WHOLE = /^-?\d+$/;

/**
 * Reads an event in JSON. Whole numbers beyond 2^53 become `bigint`: only texts with sixteen digits in a row are read
 * the slow way. UNTRUSTED; undefined when it is no JSON object.
 */
export function parseEvent(text: string): EventRecord | undefined {
  try {
    const value: unknown = LONG_NUMBER.test(text) ? JSON.parse(text, exact) : JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return value as EventRecord;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function exact(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  return WHOLE.test(source) ? BigInt(source) : value;
}
