const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Strings longer than this are searched by the runtime, which looks at many bytes at once. */
const LOOP_BYTES = 48;

/** The place after a string that starts at `at`, or -1. */
export function skipString(bytes: Buffer, at: number, end: number): number {
  let place = at + 1;
  const looped = Math.min(end, place + LOOP_BYTES);
  while (place < looped) {
    const byte = bytes[place] as number;
    if (byte === QUOTE) return place + 1;
    place += byte === BACKSLASH ? 2 : 1;
  }
  return place < end ? skipLong(bytes, place, end) : -1;
}

/** `from` is not inside an escape. */
function skipLong(bytes: Buffer, from: number, end: number): number {
  let place = from;
  for (;;) {
    const quote = bytes.indexOf(QUOTE, place);
    if (quote < 0 || quote >= end) return -1;
    let before = quote;
    while (before > from && bytes[before - 1] === BACKSLASH) before -= 1;
    if ((quote - before) % 2 === 0) return quote + 1;
    place = quote + 1;
  }
}

/** The place after any value that starts at `at`, or -1. Brackets are counted, not paired: it only finds the end. */
export function skipValue(bytes: Buffer, at: number, end: number): number {
  const first = bytes[at] as number;
  if (first === QUOTE) return skipString(bytes, at, end);
  if (first !== 0x7b && first !== 0x5b) return skipScalar(bytes, at, end);
  let depth = 0;
  let place = at;
  while (place < end) {
    const byte = bytes[place] as number;
    if (byte === QUOTE) {
      place = skipString(bytes, place, end);
      if (place < 0) return -1;
      continue;
    }
    place += 1;
    if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
      if (depth === 0) return place;
    }
  }
  return -1;
}

function skipScalar(bytes: Buffer, at: number, end: number): number {
  let place = at;
  while (place < end) {
    const byte = bytes[place] as number;
    // A comma, a closing bracket or a blank.
    if (byte === 0x2c || byte === 0x7d || byte === 0x5d || byte <= 0x20) break;
    place += 1;
  }
  return place === at ? -1 : place;
}
