const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Tells the offsets of each line that is not blank, without its line end. Blanks within the line stay, also the last
 * ones: a raw line is evidence, and an empty last column is one tab.
 */
export function eachLine(
  body: Buffer,
  from: number,
  tell: (start: number, end: number) => void,
): void {
  for (let start = from; start < body.length; ) {
    const newline = body.indexOf(NEWLINE, start);
    const next = newline === -1 ? body.length : newline;
    let end = next;
    while (end > start && body[end - 1] === RETURN) end -= 1;
    let first = start;
    while (first < end && (body[first] === SPACE || body[first] === TAB)) first += 1;
    if (first < end) tell(start, end);
    start = next + 1;
  }
}

/**
 * Cuts the text of a JSON array into the texts of its elements, so that each is kept as it came: printing a parsed
 * number beyond 2^53 again would change it. The body must be a well-formed array: it has been parsed before.
 */
export function splitArray(body: Buffer): Buffer[] {
  const elements: Buffer[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === QUOTE) {
      at = endOfString(body, at);
    } else if (byte === OPEN_BRACKET || byte === OPEN_BRACE) {
      depth += 1;
      if (depth === 1) start = at + 1;
    } else if (byte === COMMA && depth === 1) {
      elements.push(body.subarray(start, at));
      start = at + 1;
    } else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) {
      depth -= 1;
      if (depth > 0) continue;
      const last = body.subarray(start, at);
      if (firstToken(last) < last.length) elements.push(last);
      return elements;
    }
  }
  return elements;
}

/** The index of the quote that closes the string opened at `at`. */
function endOfString(body: Buffer, at: number): number {
  for (
    let close = body.indexOf(QUOTE, at + 1);
    close !== -1;
    close = body.indexOf(QUOTE, close + 1)
  ) {
    let slashes = 0;
    while (body[close - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return close;
  }
  return body.length;
}

/** An item on one line: line ends between its tokens become blanks. Inside JSON strings there are none. */
export function onOneLine(item: Buffer): Buffer {
  if (!item.includes(NEWLINE) && !item.includes(RETURN)) return item;
  const copy = Buffer.from(item);
  for (let at = 0; at < copy.length; at += 1)
    if (copy[at] === NEWLINE || copy[at] === RETURN) copy[at] = SPACE;
  return copy;
}

/** Skips blanks, line ends and a byte order mark; the index of the first other byte, or the length. */
export function firstToken(body: Buffer): number {
  let at = markLength(body);
  while (body[at] === SPACE || body[at] === TAB || body[at] === NEWLINE || body[at] === RETURN)
    at += 1;
  return at;
}

/** Length of a UTF-8 byte order mark at the start of a body: it is no part of its text. */
export function markLength(body: Buffer): number {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
}
