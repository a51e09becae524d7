const WORDS = 4;
const FIRST_CAPACITY = 64;
const NIL = '00000000-0000-0000-0000-000000000000';

/**
 * A set of UUIDs, exact: open addressing over 128-bit keys in one typed array, at most half full.
 * A JavaScript `Set` of strings would take five times the memory.
 */
export class SeenIds {
  #slots = new Int32Array(FIRST_CAPACITY * WORDS);
  #size = 0;
  /** The nil UUID is kept apart: an all-zero slot means free. */
  #nil = false;
  readonly #key = new Int32Array(WORDS);
  readonly #seed: number;

  /** `seed` is secret chance, so that nobody can choose ids that all fall into one run of slots. */
  constructor(seed: number) {
    this.#seed = seed | 1;
  }

  get size(): number {
    return this.#size + (this.#nil ? 1 : 0);
  }

  /** The text must be a UUID; case does not matter. */
  has(uuid: string): boolean {
    if (uuid === NIL) return this.#nil;
    readKey(uuid, this.#key);
    return this.#holds(this.#find(this.#key));
  }

  add(uuid: string): void {
    if (uuid === NIL) {
      this.#nil = true;
      return;
    }
    if (this.#size * 2 * WORDS >= this.#slots.length) this.#grow();
    readKey(uuid, this.#key);
    const at = this.#find(this.#key);
    if (this.#holds(at)) return;
    this.#slots.set(this.#key, at);
    this.#size += 1;
  }

  #holds(at: number): boolean {
    const slots = this.#slots;
    return slots[at] !== 0 || slots[at + 1] !== 0 || slots[at + 2] !== 0 || slots[at + 3] !== 0;
  }

  /** The slot of a key, or the free one where it belongs. */
  #find(key: Int32Array): number {
    const slots = this.#slots;
    const mask = slots.length / WORDS - 1;
    for (let slot = this.#hash(key) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * WORDS;
      if (!this.#holds(at)) return at;
      if (
        slots[at] === key[0] &&
        slots[at + 1] === key[1] &&
        slots[at + 2] === key[2] &&
        slots[at + 3] === key[3]
      ) {
        return at;
      }
    }
  }

  #hash(key: Int32Array): number {
    let mixed = this.#seed;
    for (const word of key) {
      mixed = Math.imul(mixed ^ word, 0x85ebca6b);
      mixed ^= mixed >>> 15;
    }
    return mixed;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    for (let at = 0; at < old.length; at += WORDS) {
      const key = old.subarray(at, at + WORDS);
      if (key.some((word) => word !== 0)) this.#slots.set(key, this.#find(key));
    }
  }
}

function readKey(uuid: string, into: Int32Array): void {
  const digits = uuid.replaceAll('-', '');
  for (let word = 0; word < WORDS; word += 1)
    into[word] = Number.parseInt(digits.slice(word * 8, word * 8 + 8), 16);
}
