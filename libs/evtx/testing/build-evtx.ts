import { crc32 } from '../crc32.ts';
import { CHUNK_BYTES, CHUNK_HEADER_BYTES, FILE_HEADER_BYTES } from '../limits.ts';

/** A part of a template: text, or the number of a value to put in. */
export type PartSpec = string | number | { readonly optional: number };

/** An element of a template. */
export interface ElementSpec {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, PartSpec>>;
  readonly children?: readonly (ElementSpec | PartSpec)[];
}

/** A value with its BinXML type. */
export interface ValueSpec {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** A record: a template, the same object for records that share it, and the values of this one. */
export interface RecordSpec {
  readonly id: number;
  readonly template: ElementSpec;
  readonly values: readonly ValueSpec[];
}

/** 2026-01-02T03:04:05.1234567Z in 100 ns since 1601. */
export const SAMPLE_TICKS = 134_117_966_451_234_567n;

export const text = (value: string): ValueSpec => ({
  type: 0x01,
  bytes: Buffer.from(value, 'utf16le'),
});

/** A value of a type from its bytes in hexadecimal. */
export const hex = (type: number, digits: string): ValueSpec => ({
  type,
  bytes: Buffer.from(digits, 'hex'),
});

/** A fragment with one instance of a template of its own, as UserData is written. */
export interface FragmentSpec {
  readonly template: ElementSpec;
  readonly values: readonly ValueSpec[];
}

/** Writes a chunk of an event log, for tests. */
export class ChunkBuilder {
  readonly bytes: Buffer = Buffer.alloc(CHUNK_BYTES);
  readonly #names = new Map<string, number>();
  readonly #templates = new Map<ElementSpec, number>();
  #at = CHUNK_HEADER_BYTES;

  /** Where the next byte goes. */
  get at(): number {
    return this.#at;
  }

  record({ id, template, values }: RecordSpec): this {
    const start = this.#at;
    this.u32(0x2a2a).u32(0).u64(BigInt(id)).u64(SAMPLE_TICKS);
    this.header().instance(template, values).u8(0);
    return this.endRecord(start);
  }

  /** Closes a record that began at a place: its size in front and behind. */
  endRecord(start: number): this {
    const size = this.#at + 4 - start;
    this.u32(size);
    this.bytes.writeUInt32LE(size, start + 4);
    return this;
  }

  header(): this {
    return this.u8(0x0f).u8(1).u8(1).u8(0);
  }

  instance(template: ElementSpec, values: readonly (ValueSpec | FragmentSpec)[]): this {
    const known = this.#templates.get(template);
    this.u8(0x0c).u8(1).u32(1);
    this.u32(known ?? this.#at + 4);
    if (known === undefined) this.#definition(template);
    return this.values(values);
  }

  values(values: readonly (ValueSpec | FragmentSpec)[]): this {
    this.u32(values.length);
    const table = this.#at;
    this.#at += values.length * 4;
    values.forEach((value, index) => {
      const start = this.#at;
      if ('template' in value) this.header().instance(value.template, value.values).u8(0);
      else this.raw(value.bytes);
      this.bytes.writeUInt16LE(this.#at - start, table + index * 4);
      this.bytes.writeUInt8('template' in value ? 0x21 : value.type, table + index * 4 + 2);
    });
    return this;
  }

  #definition(template: ElementSpec): void {
    this.#templates.set(template, this.#at);
    this.u32(0).raw(Buffer.alloc(16, 7));
    const size = this.#at;
    this.u32(0).header().element(template).u8(0);
    this.bytes.writeUInt32LE(this.#at - size - 4, size);
  }

  element({ name, attributes = {}, children = [] }: ElementSpec, dependency = true): this {
    const entries = Object.entries(attributes);
    this.u8(entries.length > 0 ? 0x41 : 0x01);
    if (dependency) this.u16(0xffff);
    const size = this.#at;
    this.u32(0).name(name);
    if (entries.length > 0) {
      const listSize = this.#at;
      this.u32(0);
      entries.forEach(([key, value], index) => {
        this.u8(index < entries.length - 1 ? 0x46 : 0x06)
          .name(key)
          .part(value);
      });
      this.bytes.writeUInt32LE(this.#at - listSize - 4, listSize);
    }
    if (children.length === 0) this.u8(0x03);
    else {
      this.u8(0x02);
      for (const child of children) {
        if (typeof child === 'object' && 'name' in child) this.element(child, dependency);
        else this.part(child);
      }
      this.u8(0x04);
    }
    this.bytes.writeUInt32LE(this.#at - size - 4, size);
    return this;
  }

  part(part: PartSpec): this {
    if (typeof part === 'string') {
      return this.u8(0x05).u8(1).u16(part.length).raw(Buffer.from(part, 'utf16le'));
    }
    if (typeof part === 'number') return this.u8(0x0d).u16(part).u8(1);
    return this.u8(0x0e).u16(part.optional).u8(1);
  }

  name(name: string): this {
    const known = this.#names.get(name);
    if (known !== undefined) return this.u32(known);
    this.#names.set(name, this.#at + 4);
    this.u32(this.#at + 4)
      .u32(0)
      .u16(0)
      .u16(name.length);
    return this.raw(Buffer.from(name, 'utf16le')).u16(0);
  }

  u8(value: number): this {
    this.#at = this.bytes.writeUInt8(value, this.#at);
    return this;
  }

  u16(value: number): this {
    this.#at = this.bytes.writeUInt16LE(value, this.#at);
    return this;
  }

  u32(value: number): this {
    this.#at = this.bytes.writeUInt32LE(value, this.#at);
    return this;
  }

  u64(value: bigint): this {
    this.#at = this.bytes.writeBigUInt64LE(value, this.#at);
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  /** The chunk with its header and checksums. */
  finish(): Buffer {
    const { bytes } = this;
    bytes.write('ElfChnk\0', 0, 'latin1');
    bytes.writeUInt32LE(128, 40);
    bytes.writeUInt32LE(this.#at, 48);
    bytes.writeUInt32LE(crc32(bytes, [CHUNK_HEADER_BYTES, this.#at]), 52);
    bytes.writeUInt32LE(crc32(bytes, [0, 120], [128, CHUNK_HEADER_BYTES]), 124);
    return bytes;
  }
}

/** A whole event log of finished chunks. */
export function buildFile(chunks: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(FILE_HEADER_BYTES);
  head.write('ElfFile\0', 0, 'latin1');
  head.writeBigUInt64LE(BigInt(Math.max(0, chunks.length - 1)), 16);
  head.writeUInt32LE(128, 32);
  head.writeUInt16LE(1, 36);
  head.writeUInt16LE(3, 38);
  head.writeUInt16LE(FILE_HEADER_BYTES, 40);
  head.writeUInt16LE(chunks.length, 42);
  head.writeUInt32LE(crc32(head, [0, 120]), 124);
  return Buffer.concat([head, ...chunks]);
}
