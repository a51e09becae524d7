import { KEYWORD_SLOT } from './atom-table.ts';
import type { CompiledIndex } from './compiled-index.ts';
import { buildKeyTree, type KeyTree } from './key-tree.ts';
import type { LiteralPool } from './literal-pool.ts';
import { buildScanner, type SlotScanner, scannerBytes } from './slot-scanner.ts';

/**
 * Some rules of an index: those of one logsource. The tables are the index's own; a route only says which rules count,
 * which members of an event are looked into, and what is looked for in whole lines.
 */
export class Route {
  /** By rule of the index: its position among those of the route, or -1. */
  readonly positions: Int32Array;
  readonly keys: KeyTree;
  readonly hasKeywords: boolean;
  /** Finds the keywords of its rules. */
  readonly keywords: SlotScanner | undefined;
  /** Its rules that nothing need be true for. */
  readonly always: Int32Array;
  /** By position: steps spent on asking the rule, see `LazyTests.steps`. The same events give the same steps. */
  readonly steps: Float64Array;
  /** Rules whose conditions were asked, and events. */
  asked = 0;
  events = 0;

  /** @param numbers rules of the index, ascending */
  constructor(index: CompiledIndex, pool: LiteralPool, numbers: readonly number[]) {
    this.positions = new Int32Array(index.rules.length).fill(-1);
    for (const [position, number] of numbers.entries()) this.positions[number] = position;
    const { slots, atoms } = usedBy(index, numbers);
    this.keys = buildKeyTree(
      index.fields.map((field, slot) => (slots.has(slot) ? field : undefined)),
    );
    this.hasKeywords = slots.has(KEYWORD_SLOT);
    // Every keyword that one of the rules asks for, also when it is the way to a rule of other routes only: what is
    // in no searcher would be taken for absent.
    const entries = index.keywordEntries.filter(({ targets }) =>
      targets.some((atom) => atoms.has(atom)),
    );
    this.keywords = entries.length === 0 ? undefined : buildScanner(KEYWORD_SLOT, entries, pool);
    this.always = index.always.filter((rule) => (this.positions[rule] as number) >= 0);
    this.steps = new Float64Array(numbers.length);
  }

  /** Bytes of its own tables. */
  get tableBytes(): number {
    const { positions, steps, keywords } = this;
    const own = positions.byteLength + steps.byteLength;
    return keywords === undefined ? own : own + scannerBytes(keywords);
  }
}

/** The fields and atoms that some rules ask about. */
function usedBy(
  { ruleCode, code, atomSlot, atomTests }: CompiledIndex,
  numbers: readonly number[],
): { slots: ReadonlySet<number>; atoms: ReadonlySet<number> } {
  const slots = new Set<number>();
  const atoms = new Set<number>();
  const add = (atom: number): void => {
    if (atoms.has(atom)) return;
    atoms.add(atom);
    slots.add(atomSlot[atom] as number);
    for (const { gate, other } of atomTests[atom] ?? []) {
      if (gate >= 0) add(gate);
      if (other >= 0) slots.add(other);
    }
  };
  for (const number of numbers) {
    const end = ruleCode[number + 1] as number;
    for (let at = ruleCode[number] as number; at < end; at += 3) add(code[at] as number);
  }
  return { slots, atoms };
}
