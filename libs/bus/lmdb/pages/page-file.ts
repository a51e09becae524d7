/**
 * How LMDB lays its pages out in a file (`mdb.c` of liblmdb, data version 2, little endian), as far as it takes to look
 * through one without LMDB: it trusts what it maps, and a changed bit there ends the process or hides records.
 */

/** Kinds of pages, as their flags say. */
export const PAGE_KIND = { branch: 1, leaf: 2, overflow: 4, meta: 8 } as const;
/** Bytes before what a page holds; places within a page count from behind them. */
const HEADER = 24;
const NODE_HEADER = 8;
const MAGIC = 0xbeefc0de;
/** LMDB's mark of a tree without a page. */
const NO_PAGE = 0xffff_ffff_ffff_ffffn;
/** A value that has pages of its own. */
const LONG_VALUE = 1;
const PAGE_SIZES = [4096, 8192, 16_384, 32_768, 65_536];

/** One B+tree of a file. */
export interface Tree {
  readonly flags: number;
  readonly depth: number;
  readonly branches: number;
  readonly leaves: number;
  readonly entries: number;
  /** Undefined while it is empty. */
  readonly root: number | undefined;
}

/** One of the two pages that say where the trees are; LMDB believes the one of the newer transaction. */
export interface MetaPage {
  readonly isMeta: boolean;
  readonly pageSize: number;
  readonly version: number;
  readonly mapBytes: number;
  readonly free: Tree;
  readonly main: Tree;
  readonly lastPage: number;
  readonly transaction: number;
}

/** A key of a page and where it leads: to a page below, or to its value. */
export interface Node {
  readonly key: Buffer;
  /** The page below; of a leaf 0. */
  readonly child: number;
  /** The value of a leaf; undefined when it does not fit into the file. */
  readonly value: Buffer | undefined;
}

/** The bytes of an LMDB file as pages. UNTRUSTED: the bytes may have been changed in any way. */
export class PageFile {
  readonly pageSize: number;
  readonly count: number;
  readonly #bytes: Buffer;

  /** @param pageSize from {@link pageSizeOf} */
  constructor(bytes: Buffer, pageSize: number) {
    this.#bytes = bytes;
    this.pageSize = pageSize;
    this.count = Math.floor(bytes.length / pageSize);
  }

  meta(index: 0 | 1): MetaPage {
    const bytes = this.#bytes;
    const at = index * this.pageSize;
    const [pad, main] = [at + HEADER + 24, at + HEADER + 72];
    return {
      isMeta: this.flags(index) === PAGE_KIND.meta && bytes.readUInt32LE(at + HEADER) === MAGIC,
      version: bytes.readUInt32LE(at + HEADER + 4),
      mapBytes: this.#number(at + HEADER + 16),
      pageSize: bytes.readUInt32LE(pad),
      free: this.#tree(pad),
      main: this.#tree(main),
      lastPage: this.#number(at + HEADER + 120),
      transaction: this.#number(at + HEADER + 128),
    };
  }

  /** The number that a page says it has. */
  numberOf(page: number): number {
    return this.#number(page * this.pageSize);
  }

  transactionOf(page: number): number {
    return this.#number(page * this.pageSize + 8);
  }

  flags(page: number): number {
    return this.#bytes.readUInt16LE(page * this.pageSize + 18);
  }

  /** How many pages a long value takes. */
  span(page: number): number {
    return this.#bytes.readUInt32LE(page * this.pageSize + 20);
  }

  /** The nodes of a branch or leaf, in order. One that does not lie within its page is `undefined`. */
  nodes(page: number): (Node | undefined)[] {
    const bytes = this.#bytes;
    const start = page * this.pageSize + HEADER;
    const room = this.pageSize - HEADER;
    const lower = bytes.readUInt16LE(start - 4);
    const upper = bytes.readUInt16LE(start - 2);
    const isLeaf = this.flags(page) === PAGE_KIND.leaf;
    if (lower > upper || upper > room || lower % 2 === 1) return [undefined];
    return Array.from({ length: lower / 2 }, (_, index) => {
      const at = bytes.readUInt16LE(start + 2 * index);
      if (at < upper || at + NODE_HEADER > room) return undefined;
      return this.#node(start + at, room - at, isLeaf);
    });
  }

  /** The nodes of a leaf whose header may be damaged: as many as its list of places has. */
  remainingNodes(page: number): Node[] {
    const bytes = this.#bytes;
    const start = page * this.pageSize + HEADER;
    const room = this.pageSize - HEADER;
    const said = bytes.readUInt16LE(start - 4);
    const found: Node[] = [];
    for (let place = 0; place + 2 <= room; place += 2) {
      const at = bytes.readUInt16LE(start + place);
      const isPlace = at >= place + 2 && at + NODE_HEADER <= room;
      if (!isPlace && place >= said) break;
      const node = isPlace ? this.#node(start + at, room - at, true) : undefined;
      if (node !== undefined) found.push(node);
    }
    return found;
  }

  #node(at: number, room: number, isLeaf: boolean): Node | undefined {
    const bytes = this.#bytes;
    const low = bytes.readUInt32LE(at);
    const flags = bytes.readUInt16LE(at + 4);
    const keyEnd = NODE_HEADER + bytes.readUInt16LE(at + 6);
    if (keyEnd > room) return undefined;
    const key = bytes.subarray(at + NODE_HEADER, at + keyEnd);
    if (!isLeaf) return { key, child: flags * 2 ** 32 + low, value: undefined };
    if (flags === LONG_VALUE && keyEnd + 24 <= room)
      return { key, child: 0, value: this.#longValue(at + keyEnd, low) };
    if (flags !== 0 || keyEnd + low > room) return undefined;
    return { key, child: 0, value: bytes.subarray(at + keyEnd, at + keyEnd + low) };
  }

  #longValue(place: number, length: number): Buffer | undefined {
    const page = this.#number(place);
    const pages = this.#number(place + 16);
    const fits = page > 1 && page + pages <= this.count && HEADER + length <= pages * this.pageSize;
    if (!fits) return undefined;
    const start = page * this.pageSize + HEADER;
    return this.#bytes.subarray(start, start + length);
  }

  #tree(at: number): Tree {
    const bytes = this.#bytes;
    const hasRoot = bytes.readBigUInt64LE(at + 40) !== NO_PAGE;
    return {
      flags: bytes.readUInt16LE(at + 4),
      depth: bytes.readUInt16LE(at + 6),
      branches: this.#number(at + 8),
      leaves: this.#number(at + 16),
      entries: this.#number(at + 32),
      root: hasRoot ? this.#number(at + 40) : undefined,
    };
  }

  #number(at: number): number {
    return Number(this.#bytes.readBigUInt64LE(at));
  }
}

/**
 * The size of a file's pages: where its second page begins as such a page does, or else what its first page says.
 * Undefined when it has neither.
 */
export function pageSizeOf(bytes: Buffer): number | undefined {
  const fits = PAGE_SIZES.filter((size) => bytes.length >= 2 * size);
  const bySecond = fits.find((size) => {
    const file = new PageFile(bytes, size);
    const { isMeta, pageSize } = file.meta(1);
    return [isMeta, pageSize === size, file.numberOf(1) === 1].filter(Boolean).length >= 2;
  });
  return bySecond ?? fits.find((size) => saysSize(new PageFile(bytes, size).meta(0), size));
}

function saysSize({ isMeta, pageSize }: MetaPage, size: number): boolean {
  return isMeta && pageSize === size;
}
