import type { JsonRecord } from './source.ts';

const NAME = '"attributes"';
const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;

/**
 * The text of `attributes` as it stands in a canonical event, so that it is not printed again and numbers beyond
 * 2^53 stay exact. When the text is not plain to find (the name twice, an escaped name) the value is printed.
 *
 * Sound because the event was validated: only `attributes` may hold free members, so the first `"attributes":`
 * outside of a string is the member itself.
 *
 * @param attributes the same as parsed
 */
export function attributesText(item: string, attributes: JsonRecord): string {
  const name = item.indexOf(NAME);
  if (name < 0 || item.charCodeAt(name - 1) === BACKSLASH) return JSON.stringify(attributes);
  let from = skipBlanks(item, name + NAME.length);
  if (item.charCodeAt(from) !== COLON) return JSON.stringify(attributes);
  from = skipBlanks(item, from + 1);
  const end = objectEnd(item, from);
  const certain = end >= 0 && !item.includes(NAME, end) && !item.includes('\\u', end);
  return certain ? item.slice(from, end) : JSON.stringify(attributes);
}

/** Offset behind the object that opens at `from`; -1 when none does. The text is known to be JSON. */
function objectEnd(text: string, from: number): number {
  if (text.charCodeAt(from) !== 123) return -1;
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = stringEnd(text, at);
    else if (unit === 123) depth += 1;
    else if (unit === 125) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

/** Offset of the quote that closes the string opened at `from`. */
function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === BACKSLASH) at += 1;
    else if (unit === QUOTE) return at;
  }
  return text.length;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= 32) at += 1;
  return at;
}
