const NEWLINE = 10;
const ZERO = 48;

/**
 * What changes from one pass over the mix to the next, always in place and with as many bytes as before: a straight
 * loop would find every value in caches and dictionaries already. Kinds: a digit, a hexadecimal digit, a small letter.
 */
type Kind = 'digit' | 'hex' | 'letter';
const KINDS: readonly Kind[] = ['digit', 'hex', 'letter'];

interface Mark {
  readonly kind: Kind;
  readonly offset: number;
}

/** The digit five further on, for each hexadecimal digit. */
const NEXT_HEX = new Uint8Array(256).fill(ZERO);
for (let value = 0; value < 16; value += 1) {
  NEXT_HEX[value.toString(16).charCodeAt(0)] = ((value + 5) & 15).toString(16).charCodeAt(0);
}

/** Names of members whose text is a host or a person, as they stand in the mix (with their quotes escaped). */
const NAMES =
  /\\"(?:Hostname|Computer|host|User|TargetUserName|SubjectUserName|AccountName|userName|user|principalId|id)\\":\\"([^"\\]{4,40})\\"/g;
const UUIDS = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;
const TIMES = /\d{4}-\d\d-\d\d[T ]\d\d:(\d\d):\d\d/g;
const COUNTERS = /(?:RecordNumber|EventRecordID|_p|ProcessId|PID)\\":(?:\\")?(\d{3,})/g;
const ADDRESSES = /\b\d{1,3}\.\d{1,3}\.\d{1,3}\.(\d)\b/g;
const ZEEK_IDS = /\\"uid\\":\\"C([A-Za-z0-9]{12,18})\\"/g;
const USERS_IN_TEXT = /(?:user|for) ([a-z]{4,20}) from\b/g;

/** The mix with the places in it that a pass changes. */
export class RewrittenMix {
  readonly #bytes: Buffer;
  readonly #places: Record<Kind, Uint32Array>;

  /** @param bytes changed by {@link RewrittenMix.next} */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    const found: Record<Kind, number[]> = { digit: [], hex: [], letter: [] };
    for (let from = 0; from < bytes.length; ) {
      const wanted = bytes.indexOf(NEWLINE, Math.min(from + 1_000_000, bytes.length));
      const end = wanted === -1 ? bytes.length : wanted;
      const text = bytes.toString('latin1', from, end);
      for (const { kind, offset } of marksOf(text)) found[kind].push(from + offset);
      from = end + 1;
    }
    this.#places = {
      digit: Uint32Array.from(found.digit),
      hex: Uint32Array.from(found.hex),
      letter: Uint32Array.from(found.letter),
    };
  }

  /** Bytes that each pass changes. */
  get changes(): number {
    return KINDS.reduce((sum, kind) => sum + this.#places[kind].length, 0);
  }

  /** Turns the mix into that of the next pass. No body of the pass before may be on its way. */
  next(): void {
    const bytes = this.#bytes;
    for (const place of this.#places.digit)
      bytes[place] = ZERO + (((bytes[place] ?? 0) - ZERO + 3) % 10);
    for (const place of this.#places.hex) bytes[place] = NEXT_HEX[bytes[place] ?? 0] ?? ZERO;
    for (const place of this.#places.letter)
      bytes[place] = 97 + (((bytes[place] ?? 0) - 97 + 26 + 7) % 26);
  }
}

function* marksOf(text: string): Generator<Mark> {
  for (const found of text.matchAll(UUIDS)) {
    const end = found.index + 36;
    for (let offset = end - 4; offset < end; offset += 1) yield { kind: 'hex', offset };
  }
  // The second digit of the minute: any value is a time.
  for (const found of text.matchAll(TIMES)) yield { kind: 'digit', offset: found.index + 15 };
  for (const found of text.matchAll(COUNTERS)) {
    yield { kind: 'digit', offset: found.index + found[0].length - 1 };
  }
  for (const found of text.matchAll(ADDRESSES)) {
    yield { kind: 'digit', offset: found.index + found[0].length - 1 };
  }
  for (const found of text.matchAll(ZEEK_IDS)) yield* lettersOf(found, 4);
  for (const found of text.matchAll(NAMES)) yield* lettersOf(found, 2);
  for (const found of text.matchAll(USERS_IN_TEXT)) yield* lettersOf(found, 2);
}

/** The first small letters of what the first group found: the same name changes the same way wherever it stands. */
function* lettersOf(found: RegExpExecArray, count: number): Generator<Mark> {
  const value = found[1] ?? '';
  const start = found.index + found[0].lastIndexOf(value);
  let left = count;
  for (let at = 0; at < value.length && left > 0; at += 1) {
    const code = value.charCodeAt(at);
    if (code < 97 || code > 122) continue;
    left -= 1;
    yield { kind: 'letter', offset: start + at };
  }
}
