const LONG_NUMBER = /\d{16}/;
const INTEGER = /^-?\d+$/;

/** A reviver of `JSON.parse` that gets the text of a number (ECMA-262 proposal JSON.parse source text access). */
type ExactReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/**
 * Parses JSON; integers beyond 2^53, which a number cannot hold, become strings with the same digits (design 5). The
 * text is our own store's.
 */
export function parseExactJson(json: string): unknown {
  if (!LONG_NUMBER.test(json)) return JSON.parse(json);
  const exact: ExactReviver = (_key, value, { source }) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    return source !== undefined && INTEGER.test(source) ? source : value;
  };
  return JSON.parse(json, exact as (key: string, value: unknown) => unknown);
}
