import { CODE_POINT_MAX, setHas } from './character-set.ts';
import { assertionHolds } from './plain-regex.ts';
import type { Instruction, RegexProgram } from './regex-program.ts';

/** Most states kept; past it the table is emptied and grows anew. */
export const STATES_MAX = 2000;

const UNKNOWN = -1;
/** The row of the state that says an occurrence was found. Searches start in the row after it. */
const FOUND = 0;
const SURROGATE_HIGH = 0xd800;
const SURROGATE_LOW = 0xdc00;
const SURROGATE_END = 0xe000;
const ASCII_END = 128;
const BACKSLASH = 0x5c;
/** By the letter after a backslash in JSON: what both stand for. Others stand for themselves. */
const UNESCAPED = Uint8Array.from({ length: 256 }, (_, byte) => {
  const place = 'bfnrt'.indexOf(String.fromCharCode(byte));
  return place < 0 ? byte : ('\b\f\n\r\t'.codePointAt(place) ?? byte);
});
const LINE_END = 10;
const LETTER = 0x61;
const OTHER = 0x20;

/** A set of places in the automaton, and what kind of character came before. */
interface State {
  readonly core: Int32Array;
  /** A character that stands for the one before; undefined at the start. */
  readonly before: number | undefined;
  /** Whether an occurrence ends if the text does; undefined until asked. */
  foundAtEnd: boolean | undefined;
}

/**
 * Searches texts for an expression in time linear in their length: a deterministic automaton made as texts need it,
 * one table row a state, characters grouped to classes. Not for use by two threads at once.
 */
export class LazyRegex {
  readonly #instructions: readonly Instruction[];
  readonly #start: number;
  readonly #shortest: number;
  readonly #looks: boolean;
  readonly #bounds: Int32Array;
  readonly #asciiClass = new Uint16Array(ASCII_END);
  readonly #classes: number;
  readonly #members: readonly (Uint8Array | undefined)[];
  #states: State[] = [];
  #ids = new Map<string, number>();
  /** A row a state: by class the place of the row after, {@link UNKNOWN} or {@link FOUND}. */
  #table = new Int32Array(0);
  readonly #marks: Int32Array;
  #mark = 0;

  constructor(program: RegexProgram) {
    this.#instructions = program.instructions;
    this.#start = program.start;
    this.#shortest = program.shortest;
    this.#looks = program.instructions.some(({ kind }) => kind === 'assert');
    this.#bounds = classBounds(program.instructions, this.#looks);
    this.#classes = this.#bounds.length;
    for (let code = 0; code < ASCII_END; code += 1) this.#asciiClass[code] = this.#classOf(code);
    this.#members = memberTables(program.instructions, this.#bounds);
    this.#marks = new Int32Array(program.instructions.length);
    this.#reset();
  }

  /** Whether the expression occurs in `units[start, end)`, UTF-16. */
  search(units: Uint16Array, start: number, end: number): boolean {
    if (end - start < this.#shortest) return false;
    let row = this.#classes;
    for (let at = start; at < end; at += 1) {
      const unit = units[at] as number;
      let kind: number;
      if (unit < ASCII_END) kind = this.#asciiClass[unit] as number;
      else {
        let code = unit;
        if (unit >= SURROGATE_HIGH && unit < SURROGATE_LOW && at + 1 < end) {
          const low = units[at + 1] as number;
          if (low >= SURROGATE_LOW && low < SURROGATE_END) {
            code = ((unit - SURROGATE_HIGH) << 10) + (low - SURROGATE_LOW) + 0x10000;
            at += 1;
          }
        }
        kind = this.#classOf(code);
      }
      let next = this.#table[row + kind] as number;
      if (next === UNKNOWN) next = this.#step(row, kind);
      if (next === FOUND) return true;
      row = next;
    }
    return this.#foundAtEnd(row);
  }

  /**
   * The same in the content of a JSON string in ASCII that has no `\u` and no `\/`: read as it stands, not decoded.
   */
  searchJson(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < this.#shortest) return false;
    const kinds = this.#asciiClass;
    let row = this.#classes;
    for (let at = start; at < end; at += 1) {
      const table = this.#table;
      let kind = 0;
      let next = row;
      // Rows that are known: nothing is called within, so that all stays in registers.
      for (; at < end; at += 1) {
        let byte = bytes[at] as number;
        if (byte === BACKSLASH) {
          at += 1;
          byte = UNESCAPED[bytes[at] as number] as number;
        }
        kind = kinds[byte] as number;
        next = table[row + kind] as number;
        if (next <= FOUND) break;
        row = next;
      }
      if (next === FOUND) return true;
      if (next === UNKNOWN) {
        row = this.#step(row, kind);
        if (row === FOUND) return true;
      }
    }
    return this.#foundAtEnd(row);
  }

  #classOf(code: number): number {
    let low = 0;
    let high = this.#bounds.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#bounds[middle] as number) <= code) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #reset(): void {
    this.#states = [{ core: new Int32Array(0), before: undefined, foundAtEnd: true }];
    this.#ids = new Map();
    this.#table = new Int32Array(16 * this.#classes).fill(UNKNOWN);
    this.#stateOf(new Int32Array(0), undefined);
  }

  #stateOf(core: Int32Array, before: number | undefined): number {
    const key = `${before}:${core.join()}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    if (this.#states.length >= STATES_MAX) this.#reset();
    const id = this.#states.push({ core, before, foundAtEnd: undefined }) - 1;
    this.#ids.set(key, id);
    if ((id + 1) * this.#classes > this.#table.length) {
      const table = new Int32Array(this.#table.length * 2).fill(UNKNOWN);
      table.set(this.#table);
      this.#table = table;
    }
    return id;
  }

  /** The row after `row`, or {@link FOUND}. */
  #step(row: number, kind: number): number {
    const state = this.#stateAt(row);
    const code = this.#bounds[kind] as number;
    const reached = this.#closure(state, code);
    const next =
      reached === undefined
        ? FOUND
        : this.#stateOf(this.#consume(reached, kind), this.#keptBefore(code)) * this.#classes;
    // The table may have been emptied: then the row is another state's.
    if (this.#stateAt(row) === state) this.#table[row + kind] = next;
    return next;
  }

  #stateAt(row: number): State {
    return this.#states[row / this.#classes] as State;
  }

  #consume(reached: readonly number[], kind: number): Int32Array {
    const core: number[] = [];
    this.#mark += 1;
    for (const id of reached) {
      const instruction = this.#instructions[id] as Instruction;
      if (instruction.kind !== 'set' || this.#members[id]?.[kind] !== 1) continue;
      if (this.#marks[instruction.next] === this.#mark) continue;
      this.#marks[instruction.next] = this.#mark;
      core.push(instruction.next);
    }
    return Int32Array.from(core).sort();
  }

  #keptBefore(code: number): number | undefined {
    if (!this.#looks) return OTHER;
    if (code === LINE_END) return LINE_END;
    return assertionHolds('word_edge', code, undefined) ? LETTER : OTHER;
  }

  #foundAtEnd(row: number): boolean {
    const state = this.#stateAt(row);
    state.foundAtEnd ??= this.#closure(state, undefined) === undefined;
    return state.foundAtEnd;
  }

  /** Places reached without a character; undefined when acceptance is among them. */
  #closure(state: State, after: number | undefined): readonly number[] | undefined {
    this.#mark += 1;
    const pending: number[] = [this.#start, ...state.core];
    const reached: number[] = [];
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      if (this.#marks[id] === this.#mark) continue;
      this.#marks[id] = this.#mark;
      const instruction = this.#instructions[id] as Instruction;
      if (instruction.kind === 'accept') return undefined;
      if (instruction.kind === 'set') reached.push(id);
      else if (instruction.kind === 'fork') pending.push(instruction.other, instruction.next);
      else if (assertionHolds(instruction.what, state.before, after))
        pending.push(instruction.next);
    }
    return reached;
  }
}

/** First code points of the classes: characters between two bounds are alike to every instruction. */
function classBounds(instructions: readonly Instruction[], looks: boolean): Int32Array {
  const bounds = new Set([0]);
  const add = (from: number, to: number): void => {
    bounds.add(from);
    if (to < CODE_POINT_MAX) bounds.add(to + 1);
  };
  for (const instruction of instructions) {
    if (instruction.kind !== 'set') continue;
    const { set } = instruction;
    for (let at = 0; at < set.length; at += 2) add(set[at] ?? 0, set[at + 1] ?? 0);
  }
  if (looks) {
    for (const [from, to] of [
      [10, 10],
      [0x30, 0x39],
      [0x41, 0x5a],
      [0x5f, 0x5f],
      [0x61, 0x7a],
    ] as const) {
      add(from, to);
    }
  }
  return Int32Array.from(bounds).sort();
}

/** For each instruction that consumes: which classes it takes. Instructions of one set share a table. */
function memberTables(
  instructions: readonly Instruction[],
  bounds: Int32Array,
): readonly (Uint8Array | undefined)[] {
  const tables = new Map<unknown, Uint8Array>();
  return instructions.map((instruction) => {
    if (instruction.kind !== 'set') return undefined;
    const { set } = instruction;
    const known = tables.get(set);
    if (known !== undefined) return known;
    const table = Uint8Array.from(bounds, (code) => (setHas(set, code) ? 1 : 0));
    tables.set(set, table);
    return table;
  });
}
