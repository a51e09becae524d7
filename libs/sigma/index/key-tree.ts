/** A member name that leads to fields: at the top level, or below a path. */
export interface KeyNode {
  /** The field that ends here, or -1. */
  slot: number;
  /** True for a top-level name that holds dots: it stands before the path of the same spelling. */
  dotted: boolean;
  /** True below the top level. */
  nested: boolean;
  children: Map<string, KeyNode> | undefined;
}

/** The members of an event that some rule looks at, by path. */
export interface KeyTree {
  readonly root: Map<string, KeyNode>;
  /** Fields with dots in their names: both spellings are looked for. */
  readonly dotted: readonly (readonly [name: string, slot: number])[];
}

/** Builds the tree of field names; `fields[slot]`, slot 0 being no field. */
export function buildKeyTree(fields: readonly string[]): KeyTree {
  const root = new Map<string, KeyNode>();
  const dotted: [string, number][] = [];
  for (const [slot, field] of fields.entries()) {
    if (slot === 0) continue;
    const node = nodeAt(root, field, false);
    node.slot = slot;
    if (!field.includes('.')) continue;
    node.dotted = true;
    dotted.push([field, slot]);
    addPath(root, field.split('.'), slot);
  }
  return { root, dotted };
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
    node = { slot: -1, dotted: false, nested, children: undefined };
    children.set(name, node);
  }
  return node;
}
