/** Values of other lengths are not remembered: the one are scanned as fast, the others seldom come twice. */
const BYTES_MIN = 4;
const BYTES_MAX = 1024;
const PLACE_BITS = 15;
const PLACES = 1 << PLACE_BITS;
/** What a place holds lies together, so that a look meets one line of the cache. */
const PLACE_NUMBERS = 4;
const MET = 0;
const HASH = 1;
const START = 2;
/** All that is remembered, in numbers of four bytes: it grows to 12 MiB. */
const RECORDS_START = 16 * 1024;
const RECORDS_MAX = 3 * 1024 * 1024;
/** So many values of a field are tried before it is judged whether that is worth it. */
const TRIED = 256;
const FOUND_MIN = TRIED / 4;
/** Values of a field that are not looked up after it was not. */
const PASSED_OVER = 4096;
const EVEN = 0x9e3779b1 | 0;
const ODD = 0x85ebca6b | 0;
const WORD_BYTES = 4;

/** Bytes that a memo takes at most. */
export const MEMO_BYTES_MAX = (RECORDS_MAX + PLACE_NUMBERS * PLACES) * WORD_BYTES;

/**
 * Which atoms the values of fields made true: what is found in a value depends on the value only, and most values of a
 * log come again and again. A value is remembered when it comes the second time, in the place that its hash gives, and
 * compared whole when it comes again. A field of which few values come again is looked up ever so often only.
 * Whole lines are never remembered. When it is full, all is forgotten.
 */
export class ValueMemo {
  /**
   * Of each value: its field and length, its bytes as words of which the last two may overlap, the number of its
   * atoms, the atoms, the number of rules that they lead to, and the rules.
   */
  #records = new Int32Array(0);
  #used = 1;
  /** By place: the hash that was met last, that of the value that is remembered, and where its record starts. */
  #places = new Int32Array(0);
  /** By field: values tried and found since it was judged, and values still to be passed over. */
  readonly #tried: Uint16Array;
  readonly #found: Uint16Array;
  readonly #passedOver: Uint16Array;
  #hash = 0;

  constructor(fields: number) {
    this.#tried = new Uint16Array(fields);
    this.#found = new Uint16Array(fields);
    this.#passedOver = new Uint16Array(fields);
  }

  /** The numbers that {@link ValueMemo.find} speaks of. */
  get records(): Int32Array {
    return this.#records;
  }

  /** Whether a value of a field is to be looked up. */
  takes(slot: number, bytes: number): boolean {
    if (bytes < BYTES_MIN || bytes > BYTES_MAX) return false;
    const left = this.#passedOver[slot] as number;
    if (left === 0) return true;
    this.#passedOver[slot] = left - 1;
    return false;
  }

  /**
   * Where the number of a value's atoms stands in {@link ValueMemo.records}, with the atoms after it, then the number
   * of rules and the rules. 0: not known; below 0: not known, and to be remembered by {@link ValueMemo.remember}.
   */
  find(slot: number, view: DataView, start: number, end: number): number {
    if (this.#records.length === 0) this.#begin();
    const hash = hashOf(slot, view, start, end);
    const places = this.#places;
    const place = (hash >>> (32 - PLACE_BITS)) * PLACE_NUMBERS;
    this.#hash = hash;
    const record = places[place + START] as number;
    if (record !== 0 && places[place + HASH] === hash) {
      const atoms = this.#compare(record, keyOf(slot, end - start), view, start, end);
      if (atoms !== 0) {
        this.#found[slot] = (this.#found[slot] as number) + 1;
        this.#judge(slot);
        return atoms;
      }
    }
    this.#judge(slot);
    if (places[place + MET] === hash) return -1;
    places[place + MET] = hash;
    return 0;
  }

  /** Remembers the value that was looked up last. */
  remember(
    slot: number,
    view: DataView,
    start: number,
    end: number,
    atoms: readonly number[],
    rules: readonly number[],
  ): void {
    const length = end - start;
    const needed = 3 + Math.ceil(length / WORD_BYTES) + atoms.length + rules.length;
    if (needed >= RECORDS_MAX) return;
    this.#reserve(needed);
    const records = this.#records;
    const place = (this.#hash >>> (32 - PLACE_BITS)) * PLACE_NUMBERS;
    this.#places[place + HASH] = this.#hash;
    this.#places[place + START] = this.#used;
    let at = this.#used;
    records[at] = keyOf(slot, length);
    at += 1;
    const last = end - WORD_BYTES;
    for (let from = start; from < last; from += WORD_BYTES) {
      records[at] = view.getInt32(from, true);
      at += 1;
    }
    records[at] = view.getInt32(last, true);
    records[at + 1] = atoms.length;
    records.set(atoms, at + 2);
    at += 2 + atoms.length;
    records[at] = rules.length;
    records.set(rules, at + 1);
    this.#used = at + 1 + rules.length;
  }

  /** Where a record's atoms are when it is of this value, or 0. */
  #compare(record: number, key: number, view: DataView, start: number, end: number): number {
    const records = this.#records;
    if (records[record] !== key) return 0;
    let at = record + 1;
    const last = end - WORD_BYTES;
    for (let from = start; from < last; from += WORD_BYTES) {
      if (records[at] !== view.getInt32(from, true)) return 0;
      at += 1;
    }
    return records[at] === view.getInt32(last, true) ? at + 1 : 0;
  }

  #judge(slot: number): void {
    const tried = (this.#tried[slot] as number) + 1;
    this.#tried[slot] = tried;
    if (tried < TRIED) return;
    if ((this.#found[slot] as number) < FOUND_MIN) this.#passedOver[slot] = PASSED_OVER;
    this.#tried[slot] = 0;
    this.#found[slot] = 0;
  }

  /** Makes the tables. They are not there from the start: a matcher that reads no JSON needs none. */
  #begin(): void {
    this.#records = new Int32Array(RECORDS_START);
    this.#places = new Int32Array(PLACES * PLACE_NUMBERS);
  }

  /** Makes room for that many more numbers, by growing or by forgetting. */
  #reserve(needed: number): void {
    const wanted = this.#used + needed;
    if (wanted <= this.#records.length) return;
    if (wanted > RECORDS_MAX) {
      this.#places.fill(0);
      this.#used = 1;
      return;
    }
    const grown = new Int32Array(Math.min(RECORDS_MAX, Math.max(wanted, this.#records.length * 2)));
    grown.set(this.#records);
    this.#records = grown;
  }
}

function keyOf(slot: number, length: number): number {
  return slot * (BYTES_MAX + 1) + length;
}

/** Words are taken in turn by two halves, which the processor reckons side by side. */
function hashOf(slot: number, view: DataView, start: number, end: number): number {
  let even = keyOf(slot, end - start);
  let odd = ODD;
  const last = end - WORD_BYTES;
  let at = start;
  for (; at + WORD_BYTES < last; at += 2 * WORD_BYTES) {
    even = Math.imul(((even << 13) | (even >>> 19)) ^ view.getInt32(at, true), EVEN);
    odd = Math.imul(((odd << 13) | (odd >>> 19)) ^ view.getInt32(at + WORD_BYTES, true), ODD);
  }
  if (at < last) even = Math.imul(((even << 13) | (even >>> 19)) ^ view.getInt32(at, true), EVEN);
  odd = Math.imul(((odd << 13) | (odd >>> 19)) ^ view.getInt32(last, true), ODD);
  const hash = Math.imul(even ^ ((odd << 16) | (odd >>> 16)), EVEN);
  return hash ^ (hash >>> 15);
}
