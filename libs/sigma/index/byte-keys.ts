import type { KeyNode } from './key-tree.ts';

/** Finds the node of a member name from its bytes, without making a text of it. ASCII names only. */
export class ByteKeys {
  readonly #mask: number;
  readonly #heads: Int32Array;
  readonly #next: number[] = [];
  readonly #names: Uint8Array[] = [];
  readonly #nodes: KeyNode[] = [];

  constructor(names: ReadonlyMap<string, KeyNode>) {
    let size = 16;
    while (size < names.size * 4) size *= 2;
    this.#mask = size - 1;
    this.#heads = new Int32Array(size).fill(-1);
    for (const [name, node] of names) {
      const bytes = Buffer.from(name, 'utf8');
      const bucket = this.#bucket(bytes, 0, bytes.length);
      this.#next.push(this.#heads[bucket] as number);
      this.#heads[bucket] = this.#names.push(bytes) - 1;
      this.#nodes.push(node);
    }
  }

  find(bytes: Uint8Array, start: number, end: number): KeyNode | undefined {
    let entry = this.#heads[this.#bucket(bytes, start, end)] as number;
    while (entry >= 0) {
      const name = this.#names[entry] as Uint8Array;
      if (name.length === end - start && sameBytes(name, bytes, start)) return this.#nodes[entry];
      entry = this.#next[entry] as number;
    }
    return undefined;
  }

  /** Length, first, middle and last byte tell names of one log apart well enough. */
  #bucket(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length === 0) return 0;
    const first = bytes[start] as number;
    const middle = bytes[start + (length >> 1)] as number;
    const last = bytes[end - 1] as number;
    return (length * 31 + first * 7 + middle * 13 + last * 3) & this.#mask;
  }
}

function sameBytes(name: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < name.length; at += 1) {
    if (name[at] !== bytes[start + at]) return false;
  }
  return true;
}
