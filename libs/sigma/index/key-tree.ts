import { ByteKeys } from './byte-keys.ts';

/** A member name that leads to fields: at the top level, or below a path. */
export interface KeyNode {
  /** The field that ends here, or -1. */
  slot: number;
  /** True for a top-level name that holds dots: it stands before the path of the same spelling. */
  dotted: boolean;
  /** True below the top level. */
  nested: boolean;
  children: Map<string, KeyNode> | undefined;
  /** The children again, found by bytes. Made by {@link addByteKeys}. */
  byteChildren: ByteKeys | undefined;
  /** Serial number of the object it was last seen in: a name twice in one object is told by it. */
  seenIn: number;
}

/** The members of an event that some rule looks at, by path. */
export interface KeyTree {
  readonly root: Map<string, KeyNode>;
  readonly byteRoot: ByteKeys;
  /** Fields with dots in their names: both spellings are looked for. */
  readonly dotted: readonly (readonly [name: string, slot: number])[];
}

/** Builds the tree of field names by slot, slot 0 being no field. Undefined: not looked at. */
export function buildKeyTree(fields: readonly (string | undefined)[]): KeyTree {
  const root = new Map<string, KeyNode>();
  const dotted: [string, number][] = [];
  for (const [slot, field] of fields.entries()) {
    if (slot === 0 || field === undefined) continue;
    const node = nodeAt(root, field, false);
    node.slot = slot;
    if (!field.includes('.')) continue;
    node.dotted = true;
    dotted.push([field, slot]);
    addPath(root, field.split('.'), slot);
  }
  return { root, byteRoot: addByteKeys(root), dotted };
}

function addByteKeys(names: Map<string, KeyNode>): ByteKeys {
  for (const node of names.values()) {
    if (node.children !== undefined) node.byteChildren = addByteKeys(node.children);
  }
  return new ByteKeys(names);
}

function addPath(root: Map<string, KeyNode>, path: readonly string[], slot: number): void {
  let children = root;
  let node: KeyNode | undefined;
  for (const [depth, name] of path.entries()) {
    node = nodeAt(children, name, depth > 0);
    node.children ??= new Map();
    children = node.children;
  }
  if (node !== undefined) {
    node.slot = slot;
    if (node.children?.size === 0) node.children = undefined;
  }
}

function nodeAt(children: Map<string, KeyNode>, name: string, nested: boolean): KeyNode {
  let node = children.get(name);
  if (node === undefined) {
    node = {
      slot: -1,
      dotted: false,
      nested,
      children: undefined,
      byteChildren: undefined,
      seenIn: 0,
    };
    children.set(name, node);
  }
  return node;
}
