import { Problem } from '@tocsin/kernel/problem.ts';

/** Fewer digits than any integer that a double cannot hold. */
const MAYBE_LARGE = /\d{16}/;
const INTEGER = /^-?\d+$/;

/** `JSON.parse` tells the source of a number to its reviver (ECMAScript 2026); the types do not know yet. */
type ParseWithSource = (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;

/**
 * Refuses integers that a double cannot hold: they would be stored as others, and nobody told. Costs a search for
 * sixteen digits where there are none.
 *
 * @param bytes - well-formed JSON, of bounded depth
 * @throws {@link Problem} `invalid_request` that names the member
 */
export function requireExactIntegers(bytes: Buffer): void {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  if (!MAYBE_LARGE.test(text)) return;
  (JSON.parse as ParseWithSource)(text, (key, value, { source = '' }) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value) || !INTEGER.test(source))
      return value;
    if (BigInt(source) === BigInt(value)) return value;
    const name = key.slice(0, 100);
    throw new Problem('invalid_request', {
      detail: `${name}: an integer past 2^53 would be rounded: write it as a text, in quotes`,
    });
  });
}
