import { PAGE_KIND, PageFile, pageSizeOf } from './page-file.ts';

const KINDS: readonly number[] = [PAGE_KIND.branch, PAGE_KIND.leaf, PAGE_KIND.overflow];

/** A record as some page has it; older versions of a page may have it too. */
export interface ScannedRecord {
  readonly key: Buffer;
  /** Undefined when the value does not fit into the file. */
  readonly value: Buffer | undefined;
  /** The transaction that wrote its page. */
  readonly transaction: number;
}

/**
 * Every record that any leaf of a damaged LMDB file has, whether or not a page leads to it.
 *
 * Long values stand in pages of their own and may hold what looks like a leaf: a sender could put records of others
 * there. So they are stepped over. Where the scan no longer knows what it is in, as the head of a long value may have
 * been damaged, only a leaf that a branch leads to is believed.
 *
 * @param bytes UNTRUSTED: the whole file, of which no process writes
 */
export function* scanLeaves(bytes: Buffer): Generator<ScannedRecord> {
  const pageSize = pageSizeOf(bytes);
  if (pageSize === undefined) return;
  const file = new PageFile(bytes, pageSize);
  const { leaves, branches } = findPages(file);
  for (const page of reachedFrom(file, branches)) if (isLeaf(file, page)) leaves.add(page);
  for (const page of leaves) {
    const transaction = file.transactionOf(page);
    for (const { key, value } of file.remainingNodes(page)) yield { key, value, transaction };
  }
}

interface FoundPages {
  readonly leaves: Set<number>;
  readonly branches: number[];
}

function findPages(file: PageFile): FoundPages {
  const found: FoundPages = { leaves: new Set(), branches: [] };
  let isSure = true;
  for (let page = 2; page < file.count; ) {
    const kind = kindOf(file, page);
    if (kind === PAGE_KIND.leaf && isSure) found.leaves.add(page);
    else if (kind === PAGE_KIND.branch && isSure) found.branches.push(page);
    else if (kind === 0) isSure = false;
    const span = kind === PAGE_KIND.overflow ? file.span(page) : 1;
    if (span === 0 || page + span > file.count) isSure = false;
    page += isSure ? span : 1;
  }
  return found;
}

/** Pages that the two first pages, or branches, lead to. */
function reachedFrom(file: PageFile, branches: readonly number[]): ReadonlySet<number> {
  const reached = new Set(branches);
  for (const index of [0, 1] as const) {
    const { isMeta, main } = file.meta(index);
    if (isMeta && main.root !== undefined) reached.add(main.root);
  }
  // A set gives what is added to it while it is gone through.
  for (const page of reached) {
    if (kindOf(file, page) !== PAGE_KIND.branch) continue;
    for (const node of file.nodes(page)) reached.add(node?.child ?? 0);
  }
  return reached;
}

/** A page that was led to is a leaf also when one of the two things that say so was changed. */
function isLeaf(file: PageFile, page: number): boolean {
  if (page < 2 || page >= file.count) return false;
  const kind = file.flags(page);
  if (kind === PAGE_KIND.leaf) return true;
  const isOther = kind === PAGE_KIND.branch || kind === PAGE_KIND.overflow;
  return file.numberOf(page) === page && !isOther;
}

/** The kind of a page that says of itself who it is; else 0. */
function kindOf(file: PageFile, page: number): number {
  const isIn = page > 1 && page < file.count;
  if (!isIn || file.numberOf(page) !== page) return 0;
  const flags = file.flags(page);
  return KINDS.includes(flags) ? flags : 0;
}
