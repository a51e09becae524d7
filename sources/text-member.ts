import { SHORT_TEXT_MAX } from '@tocsin/contracts/canonical-event.ts';

/** Longest `message`, in UTF-16 units. A longer line is kept whole in `attributes.line`. */
export const MESSAGE_LENGTH_MAX = 8192;

const REPLACEMENT = '\ufffd';

/**
 * An untrusted value as a short text for a column: strings and numbers, else `''`.
 * Cut at {@link SHORT_TEXT_MAX}; NUL and half surrogate pairs, which databases refuse, become U+FFFD.
 */
export function textOf(value: unknown): string {
  if (typeof value === 'string') {
    return value.length <= SHORT_TEXT_MAX && isPlain(value) ? value : clean(value, SHORT_TEXT_MAX);
  }
  return typeof value === 'number' ? String(value) : '';
}

/** An untrusted text as `message`: as {@link textOf} with the limit {@link MESSAGE_LENGTH_MAX}. */
export function messageOf(text: string): string {
  return text.length <= MESSAGE_LENGTH_MAX && isPlain(text)
    ? text
    : clean(text, MESSAGE_LENGTH_MAX);
}

/** True when there is neither NUL nor any surrogate (a good pair takes the slow way, which keeps it). */
function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === 0 || (unit & 0xf800) === 0xd800) return false;
  }
  return true;
}

function clean(text: string, lengthMax: number): string {
  const cut = text.length > lengthMax ? text.slice(0, lengthMax) : text;
  return cut.toWellFormed().replaceAll('\0', REPLACEMENT);
}
