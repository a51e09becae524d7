import { EVENT_DEPTH_MAX } from '../evaluate/event-record.ts';
import type { ByteKeys } from './byte-keys.ts';
import { JsonChunk } from './json-chunk.ts';
import { skipString, skipValue } from './json-skip.ts';
import type { KeyNode } from './key-tree.ts';
import type { Matcher } from './matcher.ts';
import type { Route } from './route.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const ASCII_END = 0x80;

/** Digits that a number has at most to be copied as it is. */
const PLAIN_DIGITS_MAX = 15;
const NO_CHUNK = new JsonChunk(Buffer.alloc(0));

/**
 * Shows a matcher the members of events straight from their bytes: only what a rule looks at is decoded, nothing is
 * allocated. Gives up on what is rare (a name twice, a name with escapes, a path beside the name of its spelling),
 * and on what is no JSON: the caller then reads the event whole.
 */
export class JsonWalker {
  readonly #matcher: Matcher;
  readonly #flat: Int32Array;
  readonly #nested: Int32Array;
  #chunk = NO_CHUNK;
  #bytes: Buffer = NO_CHUNK.bytes;
  #at = 0;
  #end = 0;
  #keywords = false;
  #objects = 0;

  constructor(matcher: Matcher) {
    this.#matcher = matcher;
    this.#flat = new Int32Array(matcher.index.fields.length);
    this.#nested = new Int32Array(matcher.index.fields.length);
  }

  /** Appends the positions of the rules that the event in `[start, end)` matches; false when it gave up. */
  match(route: Route, chunk: JsonChunk, start: number, end: number, out: number[]): boolean {
    this.#chunk = chunk;
    this.#bytes = chunk.bytes;
    this.#end = end;
    const keywords = this.#matcher.mayHoldKeywords(route, chunk, start, end);
    if (!this.#walk(route, start, keywords)) return false;
    if (this.#matcher.finish(out)) return true;
    return this.#walk(route, start, true) && this.#matcher.finish(out);
  }

  #walk(route: Route, start: number, keywords: boolean): boolean {
    this.#at = start;
    this.#keywords = keywords;
    this.#matcher.keywordsSkipped = !keywords && route.hasKeywords;
    this.#matcher.begin(route, this.#chunk);
    this.#blanks();
    if (this.#byte() !== OPEN_BRACE) return false;
    if (!this.#object(route.keys.byteRoot, 0)) return false;
    this.#blanks();
    return this.#at === this.#end;
  }

  #byte(): number {
    return this.#at < this.#end ? (this.#bytes[this.#at] as number) : -1;
  }

  #blanks(): void {
    while (this.#at < this.#end) {
      const byte = this.#bytes[this.#at] as number;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at += 1;
    }
  }

  /** Reads an object from its brace. False: give up. */
  #object(names: ByteKeys | undefined, depth: number): boolean {
    this.#objects += 1;
    const serial = this.#objects;
    this.#at += 1;
    this.#blanks();
    if (this.#byte() === CLOSE_BRACE) {
      this.#at += 1;
      return true;
    }
    for (;;) {
      if (!this.#member(names, serial, depth)) return false;
      this.#blanks();
      const next = this.#byte();
      this.#at += 1;
      if (next === CLOSE_BRACE) return true;
      if (next !== COMMA) return false;
      this.#blanks();
    }
  }

  #member(names: ByteKeys | undefined, serial: number, depth: number): boolean {
    if (this.#byte() !== QUOTE) return false;
    const start = this.#at + 1;
    const end = this.#nameEnd(start);
    if (end < 0) return false;
    this.#at = end + 1;
    this.#blanks();
    if (this.#byte() !== COLON) return false;
    this.#at += 1;
    this.#blanks();
    const node = names?.find(this.#bytes, start, end);
    if (node === undefined) {
      return this.#keywords ? this.#value(undefined, -1, depth + 1) : this.#skip();
    }
    if (node.seenIn === serial) return false;
    node.seenIn = serial;
    const slot = this.#slotOf(node);
    return slot !== CONFLICT && this.#value(node, slot, depth + 1);
  }

  /** Where a name ends, or -1 when it has escapes or characters beyond ASCII. */
  #nameEnd(start: number): number {
    const bytes = this.#bytes;
    const last = this.#end;
    for (let at = start; at < last; at += 1) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) return at;
      if (byte === BACKSLASH || byte >= ASCII_END) return -1;
    }
    return -1;
  }

  #slotOf(node: KeyNode): number {
    const { slot } = node;
    if (slot < 0) return -1;
    const { epoch } = this.#matcher;
    if (node.nested) {
      if (this.#flat[slot] === epoch) return -1;
      this.#nested[slot] = epoch;
    } else if (node.dotted) {
      if (this.#nested[slot] === epoch) return CONFLICT;
      this.#flat[slot] = epoch;
    }
    this.#matcher.present(slot);
    return slot;
  }

  #skip(): boolean {
    this.#at = skipValue(this.#bytes, this.#at, this.#end);
    return this.#at >= 0;
  }

  #value(node: KeyNode | undefined, slot: number, depth: number): boolean {
    const wanted = slot >= 0 || this.#keywords;
    switch (this.#byte()) {
      case QUOTE:
        return wanted ? this.#string(slot) : this.#passString();
      case OPEN_BRACE: {
        if (slot >= 0) this.#matcher.filled(slot);
        const names = node?.byteChildren;
        const enter = (names !== undefined || this.#keywords) && depth < EVENT_DEPTH_MAX;
        return enter ? this.#object(names, depth) : this.#skip();
      }
      case OPEN_BRACKET:
        return depth < EVENT_DEPTH_MAX ? this.#list(node, slot, depth) : this.#skip();
      default:
        return wanted ? this.#scalar(slot) : this.#skip();
    }
  }

  #passString(): boolean {
    this.#at = skipString(this.#bytes, this.#at, this.#end);
    return this.#at >= 0;
  }

  #list(node: KeyNode | undefined, slot: number, depth: number): boolean {
    this.#at += 1;
    this.#blanks();
    if (this.#byte() === CLOSE_BRACKET) {
      this.#at += 1;
      return true;
    }
    for (;;) {
      if (!this.#value(node, slot, depth + 1)) return false;
      this.#blanks();
      const next = this.#byte();
      this.#at += 1;
      if (next === CLOSE_BRACKET) return true;
      if (next !== COMMA) return false;
      this.#blanks();
    }
  }

  #string(slot: number): boolean {
    const { values } = this.#matcher;
    const chunk = this.#chunk;
    const start = this.#at + 1;
    const end = chunk.words.stringEnd(start, this.#end);
    if (end < 0) return false;
    this.#at = end + 1;
    const plain = chunk.words.isAscii(start, end) && !chunk.hasFreeEscapes(start, end);
    return this.#give(slot, plain ? values.addRange(start, end) : values.addEncoded(start, end));
  }

  /** False when the value is not valid. */
  #give(slot: number, value: number): boolean {
    if (this.#keywords && !this.#matcher.values.decode(value)) return false;
    if (slot >= 0) {
      this.#matcher.filled(slot);
      if (!this.#matcher.addValue(slot, value)) return false;
    }
    if (this.#keywords) this.#matcher.addKeyword(value);
    return true;
  }

  /** A number, true, false or null. */
  #scalar(slot: number): boolean {
    const start = this.#at;
    const end = skipValue(this.#bytes, start, this.#end);
    if (end < 0) return false;
    this.#at = end;
    if (isPlainWhole(this.#bytes, start, end)) {
      return this.#give(slot, this.#matcher.values.addRange(start, end));
    }
    const text = this.#bytes.toString('latin1', start, end);
    if (text === 'null') return true;
    const canonical = text === 'true' || text === 'false' ? text : numberAsText(text);
    if (canonical === undefined) return false;
    return this.#give(slot, this.#matcher.values.addText(canonical));
  }
}

/** A whole number that is written as it is printed. */
function isPlainWhole(bytes: Buffer, start: number, end: number): boolean {
  if (end - start > PLAIN_DIGITS_MAX) return false;
  if (bytes[start] === DIGIT_0) return end - start === 1;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte < DIGIT_0 || byte > DIGIT_0 + 9) return false;
  }
  return true;
}

const DIGIT_0 = 0x30;
const CONFLICT = -2;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const WHOLE = /^-?\d+$/;

/** A number of JSON as rules see it: whole ones exact. Undefined when it is none. */
function numberAsText(text: string): string | undefined {
  if (!JSON_NUMBER.test(text)) return undefined;
  if (!WHOLE.test(text)) return String(Number(text) === 0 ? 0 : Number(text));
  if (text.length <= PLAIN_DIGITS_MAX) return text === '-0' ? '0' : text;
  return String(BigInt(text));
}
