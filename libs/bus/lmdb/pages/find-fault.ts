import {
  type MetaPage,
  type Node,
  PAGE_KIND,
  PageFile,
  pageSizeOf,
  type Tree,
} from './page-file.ts';

/** More than any file of ours has: a tree that deep would have more keys than there are bytes. */
const DEPTH_MAX = 16;
const MAP_BYTES_MAX = 2 ** 36;

/**
 * Looks through the pages of an LMDB file: whether LMDB can follow them to every record. Says what is wrong, or nothing.
 * What the values are is not looked at.
 *
 * @param bytes UNTRUSTED: the whole file, of which no process writes
 */
export function findFault(bytes: Buffer): string | undefined {
  const opened = open(bytes);
  if (opened === undefined || 'fault' in opened) return opened?.fault;
  const { file, meta } = opened;
  return (
    new TreeWalk(file, meta, compareTransactions).fault(meta.free) ??
    new TreeWalk(file, meta, Buffer.compare).fault(meta.main)
  );
}

/** The same for the first two pages only, which say where the others are: whether LMDB can open the file. */
export function findFirstPagesFault(bytes: Buffer): string | undefined {
  const opened = open(bytes);
  return opened !== undefined && 'fault' in opened ? opened.fault : undefined;
}

/** Records that a file says it has; undefined when its first two pages are damaged. */
export function entriesSaid(bytes: Buffer): number | undefined {
  const opened = open(bytes);
  return opened === undefined || 'fault' in opened ? undefined : opened.meta.main.entries;
}

/** The page that LMDB believes; undefined of an empty file, which LMDB makes new. */
function open(
  bytes: Buffer,
): { readonly file: PageFile; readonly meta: MetaPage } | { readonly fault: string } | undefined {
  if (bytes.length === 0) return undefined;
  const pageSize = pageSizeOf(bytes);
  if (pageSize === undefined) return { fault: 'its first two pages are not those of an LMDB file' };
  const file = new PageFile(bytes, pageSize);
  const metas = [file.meta(0), file.meta(1)] as const;
  const newest = metas[0].transaction > metas[1].transaction ? 0 : 1;
  const [meta, other] = [metas[newest], metas[newest === 0 ? 1 : 0]];
  const fault = metaFault(file, meta, other, newest);
  return fault === undefined ? { file, meta } : { fault };
}

function metaFault(
  file: PageFile,
  meta: MetaPage,
  other: MetaPage,
  newest: number,
): string | undefined {
  const { transaction } = meta;
  const isFresh = transaction === 0 && other.transaction === 0;
  const inTurn = transaction % 2 === newest && other.transaction === transaction - 1;
  if (!meta.isMeta || !other.isMeta || meta.version !== other.version)
    return 'one of its first two pages is not what LMDB writes there';
  if (!isFresh && !inTurn)
    return 'the transactions of its first two pages do not follow each other';
  if (meta.pageSize !== file.pageSize || other.pageSize !== file.pageSize)
    return 'its first two pages disagree about the size of a page';
  if (meta.free.flags !== other.free.flags)
    return 'its first two pages disagree about what kind of file it is';
  if (meta.main.flags !== 0) return 'its tree is of a kind that nobody writes';
  // A file that grew has a larger one in its newer page.
  const { mapBytes, lastPage } = meta;
  if (lastPage * file.pageSize > mapBytes || mapBytes > MAP_BYTES_MAX || mapBytes % 4096 !== 0)
    return `it says it takes ${mapBytes} bytes of address space`;
  return undefined;
}

/** Negative when the first key comes before the second; undefined when they are no keys of the tree. */
type Compare = (a: Buffer, b: Buffer) => number | undefined;

/** The tree of free pages has numbers of transactions for keys, in the machine's order of bytes (`MDB_INTEGERKEY`). */
function compareTransactions(a: Buffer, b: Buffer): number | undefined {
  if (a.length !== 8 || b.length !== 8) return undefined;
  const [first, second] = [a.readBigUInt64LE(), b.readBigUInt64LE()];
  if (first === second) return 0;
  return first < second ? -1 : 1;
}

/** Follows one tree from its root to every leaf. */
class TreeWalk {
  readonly #file: PageFile;
  readonly #compare: Compare;
  readonly #pages: number;
  #branches = 0;
  #leaves = 0;
  #entries = 0;

  constructor(file: PageFile, meta: MetaPage, compare: Compare) {
    this.#file = file;
    this.#compare = compare;
    this.#pages = Math.min(file.count, meta.lastPage + 1);
  }

  fault(tree: Tree): string | undefined {
    if (tree.root === undefined)
      return tree.entries === 0 ? undefined : 'it says it has records, and has no page for them';
    if (tree.depth === 0 || tree.depth > DEPTH_MAX) return `its tree is ${tree.depth} pages deep`;
    const fault = this.#look(tree.root, tree.depth, undefined, undefined);
    if (fault !== undefined) return fault;
    const { branches, leaves, entries } = tree;
    const isAll =
      branches === this.#branches && leaves === this.#leaves && entries === this.#entries;
    return isAll ? undefined : `it has ${this.#entries} records, and says ${entries}`;
  }

  /** @param low first key that the page may have; @param high key above all of it */
  #look(
    page: number,
    depth: number,
    low: Buffer | undefined,
    high: Buffer | undefined,
  ): string | undefined {
    const file = this.#file;
    if (page < 2 || page >= this.#pages) return `a page leads to page ${page}, which is not in it`;
    const kind = depth === 1 ? PAGE_KIND.leaf : PAGE_KIND.branch;
    if (file.numberOf(page) !== page || file.flags(page) !== kind)
      return `page ${page} is not what leads there`;
    const nodes = file.nodes(page);
    const fault = orderFault(page, nodes, kind, this.#compare, low, high);
    if (fault !== undefined) return fault;
    if (kind === PAGE_KIND.leaf) {
      this.#leaves += 1;
      this.#entries += nodes.length;
      return undefined;
    }
    this.#branches += 1;
    for (const [index, node] of nodes.entries()) {
      const above = nodes[index + 1]?.key ?? high;
      const below = index === 0 ? low : node?.key;
      const found = this.#look(node?.child ?? 0, depth - 1, below, above);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function orderFault(
  page: number,
  nodes: readonly (Node | undefined)[],
  kind: number,
  compare: Compare,
  low: Buffer | undefined,
  high: Buffer | undefined,
): string | undefined {
  if (nodes.length === 0) return `page ${page} is empty`;
  let last = low;
  for (const [index, node] of nodes.entries()) {
    const isLeaf = kind === PAGE_KIND.leaf;
    if (node === undefined || (isLeaf && node.value === undefined))
      return `a record of page ${page} does not lie within it`;
    // The first key of a branch is not written: what lies before the second is in its page.
    if (!isLeaf && index === 0) continue;
    const order = last === undefined ? 1 : compare(node.key, last);
    const isFirst = index === (isLeaf ? 0 : 1);
    if (order === undefined || order < 0 || (order === 0 && !isFirst))
      return `the keys of page ${page} are out of order`;
    last = node.key;
  }
  const isBelow = last === undefined || high === undefined || (compare(last, high) ?? 0) < 0;
  return isBelow ? undefined : `the keys of page ${page} belong elsewhere`;
}
