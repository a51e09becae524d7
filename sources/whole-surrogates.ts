/** An escape that may be half of a surrogate pair. */
const MAYBE_HALF = /\\u[dD][89a-fA-F]/;
/** Every escape in turn, pairs as one, so that an escaped backslash before a `u` is not taken for one. */
const ESCAPES =
  /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|[\s\S])/g;
const HALF_LENGTH = '\\ud800'.length;

/**
 * JSON text in which halves of surrogate pairs, written as escapes, are replaced by U+FFFD. No text of Unicode holds
 * them, and an engine that meets one refuses the whole search. Other text is given back as it is.
 *
 * @param json UNTRUSTED
 */
export function wholeSurrogates(json: string): string {
  if (!MAYBE_HALF.test(json)) return json;
  return json.replace(ESCAPES, (part) =>
    part.length === HALF_LENGTH && MAYBE_HALF.test(part) ? '\\ufffd' : part,
  );
}
