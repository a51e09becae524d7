const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** Where a member whose value is an object stands in a JSON text. */
export interface MemberSlice {
  /** Offset of the quote that opens its name. */
  readonly nameAt: number;
  /** Offset of the brace that opens its value, and the one behind the brace that closes it. */
  readonly from: number;
  readonly end: number;
}

/**
 * Finds the object member of a name in well-formed JSON without parsing it again, in time linear in what stands up to
 * its end. Looks at the first place only, and gives up (`undefined`) where the text leaves a doubt: the name comes
 * again behind it, or there is an escape that could spell it. The caller then prints the value.
 *
 * The caller knows that the first such name is the member meant: names of outer members cannot hold it.
 *
 * @param quotedName the name with its quotes, without escapes
 */
export function findObjectMember(text: string, quotedName: string): MemberSlice | undefined {
  const nameAt = text.indexOf(quotedName);
  if (nameAt < 0 || text.charCodeAt(nameAt - 1) === BACKSLASH) return undefined;
  const colon = skipBlanks(text, nameAt + quotedName.length);
  if (text.charCodeAt(colon) !== COLON) return undefined;
  const from = skipBlanks(text, colon + 1);
  const end = objectEnd(text, from);
  const certain = end >= 0 && !text.includes(quotedName, end) && !text.includes('\\u');
  return certain ? { nameAt, from, end } : undefined;
}

/** Offset behind the object that opens at `from`; -1 when none does. */
function objectEnd(text: string, from: number): number {
  if (text.charCodeAt(from) !== OPEN_BRACE) return -1;
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = stringEnd(text, at);
    else if (unit === OPEN_BRACE) depth += 1;
    else if (unit === CLOSE_BRACE) {
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
