import { Problem } from '@tocsin/kernel/problem.ts';

/** Longest key of an object, in characters. */
export const OBJECT_KEY_LENGTH_MAX = 512;

const PART = /^[a-z0-9_-][a-z0-9._-]*$/;

/**
 * Checks that a key is a plain relative path: it becomes part of a file name or a URL.
 *
 * @throws Problem `invalid_request`
 */
export function checkObjectKey(key: string): void {
  const fine =
    key.length > 0 &&
    key.length <= OBJECT_KEY_LENGTH_MAX &&
    key.split('/').every((part) => PART.test(part));
  if (fine) return;
  throw new Problem('invalid_request', {
    detail:
      'an object key is a relative path of a-z, 0-9, - _ . and /, at most 512 characters, without parts that start with a dot',
    errors: [{ pointer: '', detail: 'not an object key' }],
  });
}
