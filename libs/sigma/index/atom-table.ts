import { parseRegex } from '../regex/parse-regex.ts';
import { requiredLiterals } from '../regex/required-literals.ts';
import type { Item, Test } from '../rule/rule.ts';
import { expectedRate, type TextShape, textShape } from './test-shape.ts';

/** Something an automaton finds, and the atoms that it makes true. */
export interface Entry {
  readonly id: number;
  readonly slot: number;
  readonly shape: Exclude<TextShape, { kind: 'presence' }>;
  readonly test: (Test & { kind: 'text' }) | undefined;
  readonly targets: number[];
}

/** A test that is only asked when a rule needs it. A gate is an atom that must be true for it to hold. */
export interface LazyTest {
  readonly test: Test;
  readonly gate: number | undefined;
}

/** A yes-or-no fact about an event that rules share: an item of a rule, or a gate or presence behind one. */
export interface Atom {
  readonly id: number;
  readonly key: string;
  readonly slot: number;
  readonly lazy: readonly LazyTest[];
  /** What becomes true before this can: the way to a rule that needs it. Undefined: nothing does. */
  readonly witnesses: readonly number[] | undefined;
  readonly rate: number;
}

/** Slot of keywords: every value of the event. */
export const KEYWORD_SLOT = 0;
const PRESENCE_RATE = 0.95;
const LAZY_RATE = 0.5;

/** Makes atoms of items; the same item of two rules is one atom, the same literal of two atoms is one entry. */
export class AtomTable {
  readonly atoms: Atom[] = [];
  readonly entries: Entry[] = [];
  /** Field names by slot; slot 0 is the keywords. */
  readonly fields: string[] = [''];
  /** By slot: the atom that is true when the field is there. */
  readonly presence = new Map<number, number>();
  readonly #byKey = new Map<string, number>();
  readonly #entryByKey = new Map<string, Entry>();
  readonly #slotByField = new Map<string, number>();
  readonly #measured: ReadonlyMap<string, number> | undefined;

  constructor(measured: ReadonlyMap<string, number> | undefined) {
    this.#measured = measured;
  }

  slotOf(field: string | undefined): number {
    if (field === undefined) return KEYWORD_SLOT;
    let slot = this.#slotByField.get(field);
    if (slot === undefined) {
      slot = this.fields.push(field) - 1;
      this.#slotByField.set(field, slot);
    }
    return slot;
  }

  atomOf(item: Item): number {
    const key = itemKey(item);
    return this.#byKey.get(key) ?? this.#add(key, item);
  }

  #add(key: string, item: Item): number {
    const slot = this.slotOf(item.field);
    const id = this.#reserve(key);
    const lazy: LazyTest[] = [];
    const witnesses = new Set<number>();
    let reachable = true;
    let rate = 0;
    for (const test of item.tests) {
      const shape = test.kind === 'text' ? textShape(test.pattern, test.cased) : undefined;
      if (test.kind === 'text' && shape !== undefined && shape.kind !== 'presence') {
        this.#entry(slot, shape, test).targets.push(id);
        witnesses.add(id);
        rate += expectedRate(shape);
        continue;
      }
      const gate = test.kind === 'regex' ? this.#gate(slot, test) : undefined;
      lazy.push({ test, gate });
      const witness = gate ?? this.#presenceWitness(test, slot);
      if (witness === undefined) reachable = false;
      else witnesses.add(witness);
      rate += gate === undefined ? LAZY_RATE : (this.atoms[gate]?.rate ?? 1);
    }
    const atom: Atom = {
      id,
      key,
      slot,
      lazy,
      witnesses: reachable ? [...witnesses] : undefined,
      rate: (lazy.length === 0 ? this.#measured?.get(key) : undefined) ?? Math.min(1, rate),
    };
    this.atoms[id] = atom;
    return id;
  }

  /** What is true of every event that the test holds for: the field is there. Not so for null and absence. */
  #presenceWitness(test: Test, slot: number): number | undefined {
    if (slot === KEYWORD_SLOT || test.kind === 'null') return undefined;
    if (test.kind === 'exists' && !test.present) return undefined;
    if (test.kind === 'field') this.slotOf(test.other);
    const known = this.presence.get(slot);
    if (known !== undefined) return known;
    const id = this.#internal(`present ${this.fields[slot]}`, slot, PRESENCE_RATE);
    this.presence.set(slot, id);
    return id;
  }

  #gate(slot: number, test: Test & { kind: 'regex' }): number | undefined {
    const literals = requiredLiterals(parseRegex(test.source, test.flags));
    if (literals === undefined) return undefined;
    const key = `gate ${this.fields[slot]} ${JSON.stringify([test.source, test.flags])}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const shapes = literals.map((literal) => ({ kind: 'contains', literal }) as const);
    const rate = shapes.reduce((sum, shape) => sum + expectedRate(shape), 0);
    const id = this.#internal(key, slot, Math.min(1, rate));
    for (const shape of shapes) this.#entry(slot, shape, undefined).targets.push(id);
    return id;
  }

  #internal(key: string, slot: number, rate: number): number {
    const id = this.#reserve(key);
    const measured = this.#measured?.get(key);
    this.atoms[id] = { id, key, slot, lazy: [], witnesses: [id], rate: measured ?? rate };
    return id;
  }

  #reserve(key: string): number {
    const id = this.atoms.length;
    this.atoms.push({ id, key, slot: 0, lazy: [], witnesses: undefined, rate: 1 });
    this.#byKey.set(key, id);
    return id;
  }

  #entry(slot: number, shape: Entry['shape'], test: Entry['test']): Entry {
    const detail = shape.kind === 'pattern' ? JSON.stringify([test?.pattern, test?.cased]) : '';
    const key = `${slot} ${shape.kind} ${detail} ${shape.literal}`;
    const known = this.#entryByKey.get(key);
    if (known !== undefined) return known;
    const entry: Entry = { id: this.entries.length, slot, shape, test, targets: [] };
    this.entries.push(entry);
    this.#entryByKey.set(key, entry);
    return entry;
  }
}

const KEYS = new WeakMap<Item, string>();

/** One text for items that ask the same: rules share them across files. */
function itemKey(item: Item): string {
  const known = KEYS.get(item);
  if (known !== undefined) return known;
  const tests = item.tests.map((test) =>
    JSON.stringify(test, (_, value) => (typeof value === 'bigint' ? `${value}n` : value)),
  );
  const key = `${item.field === undefined ? '' : `.${item.field}`} ${[...new Set(tests)].sort().join()}`;
  KEYS.set(item, key);
  return key;
}
