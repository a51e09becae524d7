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
