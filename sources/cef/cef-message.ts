/** A CEF message taken apart (ArcSight Common Event Format, version 26). */
export interface CefMessage {
  readonly vendor: string;
  readonly product: string;
  readonly version: string;
  readonly classId: string;
  readonly name: string;
  readonly severity: string;
  /** Pairs of the extension in order, values unescaped. UNTRUSTED keys: may be `__proto__`. */
  readonly extension: readonly (readonly [key: string, value: string])[];
  /** True when there were more pairs than {@link EXTENSION_PAIRS_MAX}; the rest is left out. */
  readonly cut: boolean;
}

/** Most pairs taken of one message. */
export const EXTENSION_PAIRS_MAX = 512;
/** `CEF:` must start within this many characters: behind a host and a tag, not somewhere in a text. */
const START_MAX = 256;
const MARK = 'CEF:';
const HEADER_PARTS = 7;
const BLANK = 32;
const EQUALS = 61;
const BACKSLASH = 92;
const BAR = 124;

/** Finds and reads a CEF message in a text, in linear time; `undefined` when there is none. */
export function parseCef(text: string): CefMessage | undefined {
  const start = text.indexOf(MARK);
  if (start < 0 || start > START_MAX) return undefined;
  if (start > 0 && text.charCodeAt(start - 1) > BLANK) return undefined;
  const parts: string[] = [];
  let at = start + MARK.length;
  while (parts.length < HEADER_PARTS) {
    const bar = findBar(text, at);
    if (bar < 0) break;
    parts.push(unescapeText(text.slice(at, bar)));
    at = bar + 1;
  }
  if (parts.length < HEADER_PARTS) return undefined;
  const [, vendor = '', product = '', version = '', classId = '', name = '', severity = ''] = parts;
  return { vendor, product, version, classId, name, severity, ...readExtension(text, at) };
}

/** Offset of the next `|` that is not escaped, -1 for none. */
function findBar(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === BACKSLASH) at += 1;
    else if (unit === BAR) return at;
  }
  return -1;
}

/**
 * Reads `key=value key=value`. Values hold blanks, and real senders do not escape `=` in them: a key is a word of key
 * characters that starts behind a blank and ends at the `=`.
 */
function readExtension(text: string, from: number): Pick<CefMessage, 'extension' | 'cut'> {
  const pairs: [string, string][] = [];
  let wordAt = from;
  let wordIsKey = true;
  let key = '';
  let valueAt = from;
  for (let at = from; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === BLANK) {
      wordAt = at + 1;
      wordIsKey = true;
    } else if (unit === BACKSLASH) {
      at += 1;
      wordIsKey = false;
    } else if (unit === EQUALS && wordIsKey && at > wordAt) {
      if (key !== '') pairs.push([key, unescapedValue(text, valueAt, wordAt)]);
      if (pairs.length === EXTENSION_PAIRS_MAX) return { extension: pairs, cut: true };
      key = text.slice(wordAt, at);
      valueAt = at + 1;
      wordIsKey = false;
    } else if (wordIsKey && !isKeyUnit(unit)) wordIsKey = false;
  }
  if (key !== '') pairs.push([key, unescapedValue(text, valueAt, text.length)]);
  return { extension: pairs, cut: false };
}

/** Letters, digits and `_ . - [ ]`. */
function isKeyUnit(unit: number): boolean {
  return (
    (unit >= 97 && unit <= 122) ||
    (unit >= 65 && unit <= 93 && unit !== BACKSLASH) ||
    (unit >= 48 && unit <= 57) ||
    unit === 95 ||
    unit === 45 ||
    unit === 46
  );
}

function unescapedValue(text: string, from: number, end: number): string {
  return unescapeText(text.slice(from, end).trim());
}

/** Takes the backslash of `\=`, `\|` and `\\` away and makes `\n` and `\r` line ends; any other stays, as in `C:\Users`. */
function unescapeText(text: string): string {
  if (!text.includes('\\')) return text;
  let result = '';
  let from = 0;
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', at)) {
    const next = text.charAt(at + 1);
    const meant = ESCAPES.get(next);
    if (meant === undefined) {
      at += 1;
      continue;
    }
    result += text.slice(from, at) + meant;
    at += 2;
    from = at;
  }
  return result + text.slice(from);
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['=', '='],
  ['|', '|'],
  ['\\', '\\'],
  ['n', '\n'],
  ['r', '\r'],
]);
