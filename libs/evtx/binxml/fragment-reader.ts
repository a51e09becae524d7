import type { ChunkBytes } from '../chunk-bytes.ts';
import { EvtxError } from '../evtx-error.ts';
import { CHUNK_TOKENS_MAX, DEPTH_MAX, VALUES_MAX } from '../limits.ts';
import type { AttributeNode, ElementNode, InstanceNode, Node } from './node.ts';
import { readValue, type ValueSlot } from './value.ts';

const END_OF_STREAM = 0x00;
const OPEN_START = 0x01;
const CLOSE_START = 0x02;
const CLOSE_EMPTY = 0x03;
const END_ELEMENT = 0x04;
const VALUE_TEXT = 0x05;
const ATTRIBUTE = 0x06;
const CDATA = 0x07;
const CHARACTER = 0x08;
const ENTITY = 0x09;
const PI_TARGET = 0x0a;
const PI_DATA = 0x0b;
const TEMPLATE_INSTANCE = 0x0c;
const SUBSTITUTION = 0x0d;
const OPTIONAL_SUBSTITUTION = 0x0e;
const FRAGMENT_HEADER = 0x0f;
/** "More follows": says nothing that the next token does not. On an opening tag: attributes follow. */
const MORE = 0x40;

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

/** Bytes before the body of a template definition: next, GUID, size. */
const TEMPLATE_HEADER_BYTES = 24;

/**
 * Reads BinXML of one chunk ([MS-EVEN6] 2.2.12 and its form on disk). Names and templates lie anywhere in the chunk
 * and are read once each. Tokens are counted over the chunk, nesting is bounded, a template inside itself is refused.
 */
export class FragmentReader {
  readonly #bytes: ChunkBytes;
  readonly #names = new Map<number, string>();
  /** `undefined` while a template is being read: meeting it again is a cycle. */
  readonly #templates = new Map<number, readonly Node[] | undefined>();
  #at = 0;
  #end = 0;
  #depth = 0;
  #tokens = 0;

  constructor(bytes: ChunkBytes) {
    this.#bytes = bytes;
  }

  /**
   * Reads a fragment that fills a part of the chunk.
   *
   * @param embedded it is the value of a substitution: its elements state no dependency
   * @throws EvtxError
   */
  read(at: number, size: number, embedded: boolean): readonly Node[] {
    this.#bytes.check(at, size);
    return this.#within(at, at + size, () => this.#nodes(embedded));
  }

  /** Reads elsewhere in the chunk and comes back. */
  #within<Result>(at: number, end: number, body: () => Result): Result {
    const [formerAt, formerEnd, formerDepth] = [this.#at, this.#end, this.#depth];
    this.#at = at;
    this.#end = end;
    try {
      return body();
    } finally {
      this.#at = formerAt;
      this.#end = formerEnd;
      this.#depth = formerDepth;
    }
  }

  /** Content up to an end tag, the end of the stream or of the bytes. */
  #nodes(embedded: boolean): Node[] {
    const out: Node[] = [];
    while (this.#at < this.#end) {
      const start = this.#at;
      const token = this.#token();
      if (token === END_OF_STREAM || token === END_ELEMENT) break;
      if (token === FRAGMENT_HEADER) this.#skip(3);
      else if (token === (OPEN_START | MORE)) out.push(this.#element(true, embedded));
      else if (token === OPEN_START) out.push(this.#element(false, embedded));
      else if (token === TEMPLATE_INSTANCE) out.push(this.#instance());
      else if (!this.#content(token & ~MORE, out)) throw unexpected(token, start);
    }
    return out;
  }

  #token(): number {
    this.#tokens += 1;
    if (this.#tokens > CHUNK_TOKENS_MAX) {
      const message = `the chunk has more than ${CHUNK_TOKENS_MAX} tokens`;
      throw new EvtxError('chunk_too_costly', this.#at, message);
    }
    return this.#u8();
  }

  /** Text and places for values. False when the token is neither. */
  #content(token: number, out: Node[]): boolean {
    if (token === VALUE_TEXT) out.push({ kind: 'text', text: this.#valueText() });
    else if (token === CDATA) out.push({ kind: 'text', text: this.#countedText() });
    else if (token === CHARACTER) {
      out.push({ kind: 'text', text: String.fromCharCode(this.#u16()) });
    } else if (token === ENTITY) {
      const name = this.#name();
      out.push({ kind: 'text', text: ENTITIES[name] ?? `&${name};` });
    } else if (token === SUBSTITUTION || token === OPTIONAL_SUBSTITUTION) {
      out.push({ kind: 'substitution', index: this.#u16() });
      this.#skip(1);
    } else if (token === PI_TARGET) this.#name();
    else if (token === PI_DATA) this.#countedText();
    else return false;
    return true;
  }

  #valueText(): string {
    const type = this.#u8();
    if (type === 0x01) return this.#countedText();
    throw unexpected(type, this.#at - 1);
  }

  #countedText(): string {
    const bytes = this.#u16() * 2;
    const at = this.#skip(bytes);
    const text = readValue(this.#bytes, { type: 0x01, at, size: bytes });
    return typeof text === 'string' ? text : '';
  }

  #element(hasAttributes: boolean, embedded: boolean): ElementNode {
    this.#deeper();
    if (!embedded) this.#skip(2);
    this.#skip(4);
    const name = this.#name();
    if (hasAttributes) this.#skip(4);
    const attributes: AttributeNode[] = [];
    for (;;) {
      const start = this.#at;
      const token = this.#token();
      if ((token & ~MORE) === ATTRIBUTE) attributes.push(this.#attribute());
      else if (token === CLOSE_START) {
        const children = this.#nodes(embedded);
        this.#depth -= 1;
        return { kind: 'element', name, attributes, children };
      } else if (token === CLOSE_EMPTY) {
        this.#depth -= 1;
        return { kind: 'element', name, attributes, children: [] };
      } else throw unexpected(token, start);
    }
  }

  #attribute(): AttributeNode {
    const name = this.#name();
    const parts: Node[] = [];
    for (;;) {
      const token = this.#bytes.u8(this.#at);
      const kind = token & ~MORE;
      const isContent =
        kind === VALUE_TEXT ||
        kind === CHARACTER ||
        kind === ENTITY ||
        kind === SUBSTITUTION ||
        kind === OPTIONAL_SUBSTITUTION;
      if (!isContent) return { name, parts };
      this.#token();
      this.#content(kind, parts);
    }
  }

  #instance(): InstanceNode {
    this.#deeper();
    this.#skip(1 + 4);
    const definition = this.#u32();
    // The first instance in a chunk carries the definition itself.
    if (definition === this.#at) {
      const size = this.#bytes.u32(definition + TEMPLATE_HEADER_BYTES - 4);
      this.#skip(TEMPLATE_HEADER_BYTES + size);
    }
    const template = this.#template(definition);
    const slots = this.#slots();
    this.#depth -= 1;
    return { kind: 'instance', template, slots };
  }

  #template(at: number): readonly Node[] {
    const known = this.#templates.get(at);
    if (known !== undefined) return known;
    if (this.#templates.has(at)) {
      throw new EvtxError('binxml_cycle', at, `the template at ${at} contains itself`);
    }
    const size = this.#bytes.u32(at + TEMPLATE_HEADER_BYTES - 4);
    const body = at + TEMPLATE_HEADER_BYTES;
    this.#bytes.check(body, size);
    this.#templates.set(at, undefined);
    try {
      const nodes = this.#within(body, body + size, () => this.#nodes(false));
      this.#templates.set(at, nodes);
      return nodes;
    } finally {
      if (this.#templates.get(at) === undefined) this.#templates.delete(at);
    }
  }

  #slots(): ValueSlot[] {
    const count = this.#u32();
    if (count > VALUES_MAX) {
      const message = `a template instance has ${count} values; at most ${VALUES_MAX} are read`;
      throw new EvtxError('record_too_large', this.#at, message);
    }
    const table = this.#skip(count * 4);
    const slots: ValueSlot[] = [];
    for (let index = 0; index < count; index += 1) {
      const size = this.#bytes.u16(table + index * 4);
      slots.push({ type: this.#bytes.u8(table + index * 4 + 2), at: this.#skip(size), size });
    }
    this.#tokens += count;
    return slots;
  }

  /** A name stands elsewhere in the chunk, or right here where it is used first. */
  #name(): string {
    const at = this.#u32();
    const known = this.#names.get(at);
    const bytes = this.#bytes.u16(at + 6) * 2;
    if (at === this.#at) this.#skip(8 + bytes + 2);
    if (known !== undefined) return known;
    const name = this.#bytes.utf16(at + 8, bytes);
    this.#tokens += 1 + (bytes >> 5);
    this.#names.set(at, name);
    return name;
  }

  #deeper(): void {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) {
      throw new EvtxError('binxml_too_deep', this.#at, `nested deeper than ${DEPTH_MAX}`);
    }
  }

  #u8(): number {
    return this.#bytes.u8(this.#skip(1));
  }

  #u16(): number {
    return this.#bytes.u16(this.#skip(2));
  }

  #u32(): number {
    return this.#bytes.u32(this.#skip(4));
  }

  /** Moves on and says from where; never beyond the end of the fragment. */
  #skip(count: number): number {
    const at = this.#at;
    if (at + count > this.#end) {
      const message = `${count} bytes at ${at} reach beyond the fragment's end at ${this.#end}`;
      throw new EvtxError('record_out_of_bounds', at, message);
    }
    this.#at = at + count;
    return at;
  }
}

function unexpected(token: number, at: number): EvtxError {
  const name = token.toString(16).padStart(2, '0');
  return new EvtxError('binxml_token', at, `0x${name} at ${at} is no token that may stand there`);
}
