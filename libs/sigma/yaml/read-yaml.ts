import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
} from 'yaml';
import { FaultSignal, type Place } from '../fault.ts';
import { readPlainYaml } from './read-plain-yaml.ts';
import type { YamlEntry, YamlMap, YamlNode, YamlScalarValue } from './yaml-node.ts';

/** Largest file, in UTF-16 units: the largest rule of the public corpus is below 100 KB. */
export const YAML_UNITS_MAX = 2 * 1024 * 1024;
/** Deepest nesting. */
export const YAML_DEPTH_MAX = 32;
/** Most nodes of one file, those that aliases repeat counted each time. */
export const YAML_NODES_MAX = 250_000;

/** A document of a file: its map, or what is wrong with it. */
export type YamlDocument = YamlMap | FaultSignal;

/**
 * Reads the documents of a file. UNTRUSTED: size, depth, number of nodes and aliases are limited, duplicate keys
 * refused. Empty documents are left out. YAML 1.2 core schema: `yes` is text, `0x17` is 23.
 */
export function readYaml(text: string): YamlDocument[] {
  return readPlainYaml(text) ?? readAnyYaml(text);
}

/** The same by the whole of YAML, however it is written: the twin of {@link readPlainYaml}, which knows one form. */
export function readAnyYaml(text: string): YamlDocument[] {
  if (text.length > YAML_UNITS_MAX) {
    const message = `the file is longer than ${YAML_UNITS_MAX} characters: split it`;
    return [new FaultSignal('yaml_too_large', { line: 1, column: 1 }, message)];
  }
  const lines = new LineCounter();
  try {
    const documents = parseAllDocuments(text, { ...OPTIONS, lineCounter: lines });
    if (!Array.isArray(documents)) return [];
    const reader = new TreeReader(lines);
    return documents.flatMap((document) => reader.read(document));
  } catch (error) {
    if (error instanceof RangeError) return [depthFault({ line: 1, column: 1 })];
    throw error;
  }
}

const OPTIONS = {
  intAsBigInt: true,
  keepSourceTokens: false,
  logLevel: 'silent',
  prettyErrors: false,
  schema: 'core',
  strict: true,
  // Looked for here: the library compares each key with all others, 40 s for a map of 40,000.
  uniqueKeys: false,
  version: '1.2',
} as const;

class TreeReader {
  readonly #lines: LineCounter;
  #nodes = 0;
  /** Nodes by the anchor they were given last, as far as the document is read. */
  readonly #anchors = new Map<string, unknown>();
  /** How many aliases are being followed: what is read behind one was read before. */
  #following = 0;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  read(document: Document.Parsed): YamlDocument[] {
    const [error] = document.errors;
    // The YAML reader recurses: hostile nesting ends its stack before it reaches our limit.
    if (error?.code === 'RESOURCE_EXHAUSTION') return [depthFault(this.#place(error.pos[0]))];
    if (error !== undefined) return [this.#fault(error.pos[0], error.message)];
    const { contents } = document;
    if (contents === null || (isScalar(contents) && contents.value === null)) return [];
    this.#anchors.clear();
    this.#following = 0;
    try {
      const node = this.#node(contents, 0);
      if (node.kind === 'map') return [node];
      const message = 'a document is a map of keys such as title, logsource and detection';
      return [new FaultSignal('document_not_a_map', node.place, message)];
    } catch (error) {
      if (error instanceof FaultSignal) return [error];
      throw error;
    }
  }

  #fault(offset: number, message: string): FaultSignal {
    return new FaultSignal('yaml_invalid', this.#place(offset), `not valid YAML: ${message}`);
  }

  #place(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }

  #node(node: unknown, depth: number): YamlNode {
    const place = this.#place((node as Partial<Node> | null)?.range?.[0] ?? 0);
    this.#nodes += 1;
    if (this.#nodes > YAML_NODES_MAX) {
      const message = `more than ${YAML_NODES_MAX} values, aliases counted each time: split the file`;
      throw new FaultSignal('yaml_too_many_nodes', place, message);
    }
    if (depth > YAML_DEPTH_MAX) throw depthFault(place);
    if (isAlias(node)) return this.#followed(node.source, place, depth);
    const anchor = (node as { anchor?: string } | null)?.anchor;
    if (anchor !== undefined && this.#following === 0) this.#anchors.set(anchor, node);
    if (isScalar(node)) return { kind: 'scalar', value: scalarValue(node), place };
    if (isSeq(node)) {
      const items = node.items.map((item) => this.#node(item, depth + 1));
      return { kind: 'list', items, place };
    }
    if (isMap(node)) {
      const entries = node.items.map((pair) => this.#entry(pair, depth));
      checkUnique(entries);
      return { kind: 'map', entries, place };
    }
    return { kind: 'scalar', value: null, place };
  }

  /** The library's own way to resolve an alias looks through the whole document each time. */
  #followed(anchor: string, place: Place, depth: number): YamlNode {
    const target = this.#anchors.get(anchor);
    if (target === undefined) {
      const message = `*${anchor.slice(0, 60)} has no anchor before it: write &${anchor.slice(0, 60)} there`;
      throw new FaultSignal('yaml_invalid', place, message);
    }
    this.#following += 1;
    const node = this.#node(target, depth + 1);
    this.#following -= 1;
    return node;
  }

  #entry(pair: { key: unknown; value: unknown }, depth: number): YamlEntry {
    const key = this.#node(pair.key, depth + 1);
    if (key.kind !== 'scalar') {
      throw new FaultSignal('yaml_invalid', key.place, 'a key must be plain text');
    }
    return {
      key: key.value === null ? '' : String(key.value),
      place: key.place,
      value: this.#node(pair.value, depth + 1),
    };
  }
}

function checkUnique(entries: readonly YamlEntry[]): void {
  const seen = new Set<string>();
  for (const { key, place } of entries) {
    if (seen.has(key)) {
      const message = `the key ${JSON.stringify(key.slice(0, 60))} comes twice: keep one`;
      throw new FaultSignal('yaml_invalid', place, message);
    }
    seen.add(key);
  }
}

/**
 * The value of a scalar. A number that is written otherwise than people write numbers stays text: `00000429` is a
 * keyboard layout and `12e4567` the start of a hash, of which YAML makes 429 and more than any number.
 */
function scalarValue({ value, source }: { value: unknown; source?: string }): YamlScalarValue {
  if (typeof value === 'bigint' || typeof value === 'number') {
    if (source !== undefined && !NUMBER.test(source)) return source;
    const number = Number(value);
    return typeof value === 'number' || Number.isSafeInteger(number) ? number : value;
  }
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  return value === null || value === undefined ? null : String(value);
}

const NUMBER =
  /^[-+]?(?:0x[0-9a-f]+|(?:0|[1-9]\d*)(?:\.\d*(?:e[-+]?\d{1,2})?)?|\.\d+(?:e[-+]?\d{1,2})?)$/i;

function depthFault(place: Place): FaultSignal {
  const message = `nested more than ${YAML_DEPTH_MAX} deep: flatten it`;
  return new FaultSignal('yaml_too_deep', place, message);
}
