/**
 * Text without case, as every engine sees it: each character's simple lower-case mapping (Unicode 15.1 data,
 * `UnicodeData.txt` field 13). Unlike `toLowerCase` it does not look at neighbours (final sigma) and never changes the
 * number of characters (U+0130 becomes `i`), so that it equals `lower()` of DuckDB and of PostgreSQL's `C.UTF-8`.
 */
export function foldCase(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  let folded = '';
  for (const character of text) {
    folded += character === '\u0130' ? 'i' : character.toLowerCase();
  }
  return folded;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant
const ASCII = /^[\x00-\x7f]*$/;

/** Says that no other text folds to this one, nor this one to another: it is ASCII without letters, as an IPv4 address. */
export function isCaseless(text: string): boolean {
  return CASELESS.test(text);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant
const CASELESS = /^[\x00-\x40\x5b-\x60\x7b-\x7f]*$/;
