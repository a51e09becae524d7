import { EVENT_DEPTH_MAX, type EventRecord, scalarText } from '../evaluate/event-record.ts';
import type { KeyNode } from './key-tree.ts';
import type { Matcher } from './matcher.ts';
import type { Route } from './route.ts';

/** Shows a matcher the members of events that are objects. */
export class EventWalker {
  readonly #matcher: Matcher;
  #keywords = false;
  readonly #flat: Int32Array;
  readonly #nested: Int32Array;
  #conflict = false;

  constructor(matcher: Matcher) {
    this.#matcher = matcher;
    this.#flat = new Int32Array(matcher.index.fields.length);
    this.#nested = new Int32Array(matcher.index.fields.length);
  }

  /** Appends the positions of the rules that match. UNTRUSTED: any JSON value may stand anywhere. */
  match(route: Route, event: EventRecord, out: number[]): void {
    const { keys } = route;
    this.#keywords = route.hasKeywords;
    this.#conflict = false;
    this.#matcher.keywordsSkipped = false;
    this.#matcher.begin(route);
    this.#members(event, keys.root, 0);
    if (this.#conflict) {
      // A path came before the name of the same spelling, which goes before it: once more, knowing the names.
      this.#matcher.begin(route);
      for (const [name, slot] of keys.dotted) {
        if (Object.hasOwn(event, name)) this.#flat[slot] = this.#matcher.epoch;
      }
      this.#members(event, keys.root, 0);
    }
    this.#matcher.finish(out);
  }

  #members(record: EventRecord, names: Map<string, KeyNode> | undefined, depth: number): void {
    if (depth >= EVENT_DEPTH_MAX) return;
    const keys = Object.keys(record);
    for (let at = 0; at < keys.length; at += 1) {
      const key = keys[at] as string;
      const node = names?.get(key);
      if (node !== undefined) this.#value(record[key], node, this.#slotOf(node), depth + 1);
      else if (this.#keywords) this.#value(record[key], undefined, -1, depth + 1);
    }
  }

  /** The field that a member gives a value, or -1: a name goes before a path. */
  #slotOf(node: KeyNode): number {
    const { slot } = node;
    if (slot < 0) return -1;
    const { epoch } = this.#matcher;
    if (node.nested) {
      if (this.#flat[slot] === epoch) return -1;
      this.#nested[slot] = epoch;
    } else if (node.dotted) {
      if (this.#nested[slot] === epoch) this.#conflict = true;
      this.#flat[slot] = epoch;
    }
    this.#matcher.present(slot);
    return slot;
  }

  #value(value: unknown, node: KeyNode | undefined, slot: number, depth: number): void {
    const matcher = this.#matcher;
    const text = typeof value === 'string' ? value : scalarText(value);
    if (text !== undefined) {
      const number = matcher.values.addText(text);
      if (slot >= 0) {
        matcher.filled(slot);
        matcher.addValue(slot, number);
      }
      if (this.#keywords) matcher.addKeyword(number);
    } else if (Array.isArray(value)) {
      if (depth >= EVENT_DEPTH_MAX) return;
      for (const item of value) this.#value(item, node, slot, depth + 1);
    } else if (typeof value === 'object' && value !== null) {
      if (slot >= 0) matcher.filled(slot);
      const names = node?.children;
      if (names !== undefined || this.#keywords) {
        this.#members(value as EventRecord, names, depth);
      }
    }
  }
}
