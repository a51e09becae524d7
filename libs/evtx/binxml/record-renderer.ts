import type { ChunkBytes } from '../chunk-bytes.ts';
import { EvtxError } from '../evtx-error.ts';
import { CHUNK_UNITS_MAX, DEPTH_MAX, NODE_UNITS, RECORD_UNITS_MAX } from '../limits.ts';
import type { FragmentReader } from './fragment-reader.ts';
import type { ElementNode, Node } from './node.ts';
import { readValue, type Scalar, TYPE_BINXML, type Value, type ValueSlot } from './value.ts';

/** An event as JSON. Members may be named anything, `__proto__` too: they are own members always. */
export type Json = Scalar | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** An object or list that is being built. */
type Members = Record<string, Json | Json[]>;

/** A template instance while it is rendered: its values are read once each. */
interface Scope {
  readonly slots: readonly ValueSlot[];
  readonly values: (Value | undefined)[];
}

/** What an element collects: members by name and its text. */
interface Content {
  members: Members | undefined;
  /** Its text: the only part, or a list of parts. */
  first: Value | undefined;
  more: Value[] | undefined;
}

/**
 * Puts values into templates and makes the nested JSON that tools commonly print for event logs: attributes below
 * `#attributes`, text beside them as `#text`, `<Data Name="X">` as member `X`, repeated elements as a list.
 * What a record and a chunk may grow to is bounded: a template may name one long value thousands of times.
 */
export class RecordRenderer {
  readonly #bytes: ChunkBytes;
  readonly #reader: FragmentReader;
  #recordUnits = 0;
  #chunkUnits = 0;

  constructor(bytes: ChunkBytes, reader: FragmentReader) {
    this.#bytes = bytes;
    this.#reader = reader;
  }

  /** @throws EvtxError */
  render(nodes: readonly Node[]): JsonObject {
    this.#recordUnits = 0;
    const content = newContent();
    this.#collect(nodes, { slots: [], values: [] }, content, 0);
    return content.members ?? {};
  }

  #collect(nodes: readonly Node[], scope: Scope, content: Content, depth: number): void {
    if (depth > DEPTH_MAX) {
      throw new EvtxError('binxml_too_deep', 0, `nested deeper than ${DEPTH_MAX}`);
    }
    for (const node of nodes) {
      this.#spend(NODE_UNITS);
      if (node.kind === 'element') this.#element(node, scope, content, depth + 1);
      else if (node.kind === 'text') this.#part(node.text, content);
      else if (node.kind === 'instance') {
        const inner: Scope = { slots: node.slots, values: [] };
        this.#collect(node.template, inner, content, depth + 1);
      } else this.#substitution(node.index, scope, content, depth);
    }
  }

  #substitution(index: number, scope: Scope, content: Content, depth: number): void {
    const slot = scope.slots[index];
    if (slot === undefined) return;
    if (slot.type === TYPE_BINXML) {
      const nodes = this.#reader.read(slot.at, slot.size, true);
      this.#collect(nodes, { slots: [], values: [] }, content, depth + 1);
      return;
    }
    const value = scope.values[index] ?? readValue(this.#bytes, slot);
    scope.values[index] = value;
    if (value !== null) this.#part(value, content);
  }

  #part(value: Value, content: Content): void {
    if (typeof value === 'string') this.#spend(value.length);
    else if (typeof value === 'object' && value !== null) {
      for (const item of value) {
        this.#spend(NODE_UNITS + (typeof item === 'string' ? item.length : 0));
      }
    }
    if (content.first === undefined) content.first = value;
    else if (content.more === undefined) content.more = [value];
    else content.more.push(value);
  }

  #element(node: ElementNode, scope: Scope, into: Content, depth: number): void {
    const attributes =
      node.attributes.length === 0 ? undefined : this.#attributes(node, scope, depth);
    const content = newContent();
    this.#collect(node.children, scope, content, depth);
    const text = joined(content);
    const name = node.name === 'Data' ? onlyName(attributes) : undefined;
    into.members ??= {};
    if (name !== undefined) {
      // Windows prints it as present and empty, which rules tell from absent.
      const value = content.members === undefined ? (text ?? '') : withText(content.members, text);
      addMember(into.members, name, value);
    } else if (attributes === undefined && content.members === undefined) {
      addMember(into.members, node.name, text);
    } else {
      const members: Members = attributes === undefined ? {} : { [ATTRIBUTES]: attributes };
      for (const [key, value] of Object.entries(content.members ?? {})) {
        setMember(members, key, value);
      }
      addMember(into.members, node.name, withText(members, text));
    }
  }

  /** Attributes that have a value: the others are left out, as Windows does. */
  #attributes(node: ElementNode, scope: Scope, depth: number): JsonObject | undefined {
    let out: Members | undefined;
    for (const { name, parts } of node.attributes) {
      const content = newContent();
      this.#spend(NODE_UNITS);
      this.#collect(parts, scope, content, depth);
      const value = joined(content);
      if (value === null) continue;
      out ??= {};
      setMember(out, name, value);
    }
    return out;
  }

  #spend(units: number): void {
    this.#recordUnits += units;
    this.#chunkUnits += units;
    if (this.#recordUnits > RECORD_UNITS_MAX) {
      const message = `the record becomes larger than ${RECORD_UNITS_MAX} characters`;
      throw new EvtxError('record_too_large', 0, message);
    }
    if (this.#chunkUnits > CHUNK_UNITS_MAX) {
      const message = `the records of the chunk become larger than ${CHUNK_UNITS_MAX} characters`;
      throw new EvtxError('chunk_too_costly', 0, message);
    }
  }
}

const ATTRIBUTES = '#attributes';

function newContent(): Content {
  return { members: undefined, first: undefined, more: undefined };
}

/** One value as it is; several as one text. */
function joined({ first, more }: Content): Value {
  if (first === undefined) return null;
  if (more === undefined) return first;
  return [first, ...more]
    .map((part) => (Array.isArray(part) ? part.join(', ') : `${part}`))
    .join('');
}

/** The value of `Name` when that is the only attribute. */
function onlyName(attributes: JsonObject | undefined): string | undefined {
  if (attributes === undefined || !Object.hasOwn(attributes, 'Name')) return undefined;
  const { Name: name } = attributes;
  return typeof name === 'string' && Object.keys(attributes).length === 1 ? name : undefined;
}

function withText(members: Members, text: Value): JsonObject {
  if (text !== null) members['#text'] = text;
  return members;
}

/** A name that comes again makes a list; lists run together. */
function addMember(members: Members, name: string, value: Json): void {
  const before = Object.hasOwn(members, name) ? members[name] : undefined;
  if (before === undefined) setMember(members, name, Array.isArray(value) ? [...value] : value);
  else if (Array.isArray(before)) {
    for (const item of Array.isArray(value) ? value : [value]) before.push(item);
  } else setMember(members, name, [before, ...(Array.isArray(value) ? value : [value])]);
}

/** Assigning to `__proto__` would change what the object is. */
export function setMember(members: Members, name: string, value: Json): void {
  if (name !== '__proto__') members[name] = value;
  else {
    Object.defineProperty(members, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
}
