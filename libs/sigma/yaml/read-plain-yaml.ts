import { OtherForm } from './other-form.ts';
import { plainScalar, quotedText, textBlock } from './plain-scalar.ts';
import type { YamlEntry, YamlList, YamlMap, YamlNode, YamlScalarValue } from './yaml-node.ts';

/** A longer text is read the whole way, which counts what it makes. */
const UNITS_MAX = 256 * 1024;
/** Deeper nesting is read the whole way, which has the limit. */
const DEPTH_MAX = 16;
/** Tabs, carriage returns, marks of byte order and other characters that mean something to YAML. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNUSUAL = /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]/;

/**
 * Reads YAML as rules are written: maps and lists in lines of their own, plain and quoted scalars, texts after `|`. It
 * is several times as fast as the whole of YAML, and gives exactly what `readAnyYaml` gives, or nothing: whatever it
 * is not sure of, mistakes too, is for that one. UNTRUSTED text.
 *
 * @returns undefined when the text is not of this form
 */
export function readPlainYaml(text: string): YamlMap[] | undefined {
  if (text.length > UNITS_MAX || UNUSUAL.test(text)) return undefined;
  try {
    return new PlainReader(text).documents();
  } catch (error) {
    if (error instanceof OtherForm) return undefined;
    throw error;
  }
}

/** Goes from line to line; blank lines and those of comments are passed over. */
class PlainReader {
  readonly #text: string;
  #line = 0;
  /** Of the line that is read: where it starts and ends. */
  #start = 0;
  #end = -1;
  /** Columns before its first character; -1 for the line between two documents and for the end. */
  #indent = -1;
  /** Whether lines were passed over to come to this one. */
  #apart = false;

  constructor(text: string) {
    this.#text = text;
    this.#next();
  }

  documents(): YamlMap[] {
    const documents: YamlMap[] = [];
    for (;;) {
      while (this.#indent < 0 && this.#end < this.#text.length) this.#next();
      if (this.#indent < 0) return documents;
      documents.push(this.#map(this.#start + this.#indent, 0));
      if (this.#indent >= 0) throw new OtherForm();
    }
  }

  /** Goes to the next line that says something. */
  #next(): void {
    const text = this.#text;
    for (let passed = 0; ; passed += 1) {
      this.#apart = passed > 0;
      this.#start = this.#end + 1;
      if (this.#start >= text.length) {
        this.#indent = -1;
        this.#end = text.length;
        return;
      }
      this.#line += 1;
      const newline = text.indexOf('\n', this.#start);
      this.#end = newline < 0 ? text.length : newline;
      const first = pastBlanks(text, this.#start, this.#end);
      if (first === this.#end || text.charCodeAt(first) === HASH) continue;
      this.#indent = first - this.#start;
      if (this.#indent === 0) this.#lookForMark();
      return;
    }
  }

  /** The line between two documents counts as less indented than any. */
  #lookForMark(): void {
    const mark = this.#text.slice(this.#start, this.#start + 3);
    if (mark !== '---' && mark !== '...') return;
    if (mark === '...' || this.#end > this.#start + 3) throw new OtherForm();
    this.#indent = -1;
  }

  /** What stands below a key or a dash, on lines of its own. */
  #block(depth: number): YamlNode {
    const first = this.#start + this.#indent;
    return this.#isDash(first) ? this.#list(depth) : this.#map(first, depth);
  }

  #isDash(at: number): boolean {
    if (this.#text.charCodeAt(at) !== DASH) return false;
    return at + 1 === this.#end || this.#text.charCodeAt(at + 1) === BLANK;
  }

  #list(depth: number): YamlList {
    if (depth > DEPTH_MAX) throw new OtherForm();
    const column = this.#indent;
    const place = { line: this.#line, column: column + 1 };
    const items: YamlNode[] = [];
    while (this.#indent === column && this.#isDash(this.#start + column)) {
      const at = pastBlanks(this.#text, this.#start + column + 1, this.#end);
      if (at === this.#end || this.#isDash(at)) throw new OtherForm();
      const isMap = this.#keyEnd(at) >= 0;
      items.push(isMap ? this.#map(at, depth + 1) : this.#scalar(at, column));
    }
    if (this.#indent > column) throw new OtherForm();
    return { kind: 'list', items, place };
  }

  /** A map whose first key stands at `first`, which may be behind a dash. */
  #map(first: number, depth: number): YamlMap {
    if (depth > DEPTH_MAX) throw new OtherForm();
    const column = first - this.#start;
    const place = { line: this.#line, column: column + 1 };
    const entries: YamlEntry[] = [];
    const keys = new Set<string>();
    for (let at = first; ; at = this.#start + column) {
      const entry = this.#entry(at, column, depth);
      if (keys.has(entry.key)) throw new OtherForm();
      keys.add(entry.key);
      entries.push(entry);
      if (this.#indent < column) return { kind: 'map', entries, place };
      if (this.#indent > column) throw new OtherForm();
    }
  }

  #entry(at: number, column: number, depth: number): YamlEntry {
    const colon = this.#keyEnd(at);
    if (colon < 0) throw new OtherForm();
    const place = { line: this.#line, column: column + 1 };
    const key = this.#key(at, colon);
    const value = pastBlanks(this.#text, colon + 1, this.#end);
    if (value < this.#end && this.#text.charCodeAt(value) !== HASH) {
      return { key, place, value: this.#scalar(value, column) };
    }
    this.#next();
    const isList = this.#indent === column && this.#isDash(this.#start + column);
    if (this.#indent <= column && !isList) throw new OtherForm();
    return { key, place, value: this.#block(depth + 1) };
  }

  /** Where the colon of the key is that starts here, or -1. */
  #keyEnd(at: number): number {
    const text = this.#text;
    const first = text.charCodeAt(at);
    if (first === QUOTE || first === DOUBLE_QUOTE) {
      const end = text.indexOf(first === QUOTE ? "'" : '"', at + 1) + 1;
      const isKey = end > 0 && end < this.#end && this.#isColon(end);
      return isKey ? end : -1;
    }
    for (let place = at; place < this.#end; place += 1) {
      const unit = text.charCodeAt(place);
      if (unit === COLON && this.#isColon(place)) return place;
      if (unit === HASH && text.charCodeAt(place - 1) === BLANK) return -1;
    }
    return -1;
  }

  /** A colon counts before a blank and at the end of a line. */
  #isColon(at: number): boolean {
    if (this.#text.charCodeAt(at) !== COLON) return false;
    return at + 1 === this.#end || this.#text.charCodeAt(at + 1) === BLANK;
  }

  #key(at: number, colon: number): string {
    const text = this.#text;
    const first = text.charCodeAt(at);
    if (colon - at > KEY_UNITS_MAX || text.charCodeAt(colon - 1) === BLANK) throw new OtherForm();
    if (first === QUOTE || first === DOUBLE_QUOTE) {
      const { value, end } = quotedText(text, at, colon);
      if (end !== colon) throw new OtherForm();
      return value;
    }
    const value = plainScalar(text, at, colon);
    // Keys that YAML takes for numbers and the like are made texts again, in its own way.
    if (typeof value !== 'string') throw new OtherForm();
    return value;
  }

  /** A scalar, and the lines it goes on for: those that are indented more than `column`. */
  #scalar(at: number, column: number): YamlNode {
    const place = { line: this.#line, column: at - this.#start + 1 };
    return { kind: 'scalar', value: this.#value(at, column), place };
  }

  #value(at: number, column: number): YamlScalarValue {
    const first = this.#text.charCodeAt(at);
    if (first === PIPE) return this.#textBlock(at, column);
    if (first !== QUOTE && first !== DOUBLE_QUOTE) return this.#plain(at, column);
    const { value, end } = quotedText(this.#text, at, this.#end);
    this.#checkRest(end);
    this.#next();
    return value;
  }

  /** Behind a value there may be blanks, then a comment. */
  #checkRest(from: number): void {
    const at = pastBlanks(this.#text, from, this.#end);
    if (at === this.#end) return;
    if (at === from || this.#text.charCodeAt(at) !== HASH) throw new OtherForm();
  }

  #textBlock(at: number, column: number): string {
    const block = textBlock(this.#text, at, this.#end, column);
    this.#end = block.end;
    this.#line += block.lines;
    this.#next();
    return block.value;
  }

  #plain(at: number, column: number): YamlScalarValue {
    const first = this.#plainPart(at);
    const isCut = first.isCut;
    this.#next();
    if (this.#indent <= column) return plainScalar(this.#text, at, first.end);
    if (isCut) throw new OtherForm();
    // Lines that follow are joined by blanks. A number on two lines is not for here, nor a paragraph.
    let value = plainScalar(this.#text, at, first.end);
    if (typeof value !== 'string') throw new OtherForm();
    while (this.#indent > column) {
      const from = this.#start + this.#indent;
      const part = this.#plainPart(from);
      if (this.#apart) throw new OtherForm();
      value += ` ${this.#text.slice(from, part.end)}`;
      this.#next();
      if (part.isCut && this.#indent > column) throw new OtherForm();
    }
    return value;
  }

  /** How far a plain scalar goes on this line, and whether a comment cuts it short. */
  #plainPart(at: number): { readonly end: number; readonly isCut: boolean } {
    const text = this.#text;
    for (let place = at; place < this.#end; place += 1) {
      const unit = text.charCodeAt(place);
      if (unit === COLON && this.#isColon(place)) throw new OtherForm();
      if (unit === HASH && text.charCodeAt(place - 1) === BLANK) {
        return { end: beforeBlanks(text, place), isCut: true };
      }
    }
    return { end: beforeBlanks(text, this.#end), isCut: false };
  }
}

const HASH = 0x23;
const DASH = 0x2d;
const BLANK = 0x20;
const COLON = 0x3a;
const QUOTE = 0x27;
const DOUBLE_QUOTE = 0x22;
const PIPE = 0x7c;
const KEY_UNITS_MAX = 1000;

function pastBlanks(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && text.charCodeAt(at) === BLANK) at += 1;
  return at;
}

function beforeBlanks(text: string, to: number): number {
  let at = to;
  while (text.charCodeAt(at - 1) === BLANK) at -= 1;
  return at;
}
