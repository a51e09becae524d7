import { KEYWORD_SLOT } from './atom-table.ts';
import type { CompiledIndex } from './compiled-index.ts';
import { buildKeyTree, type KeyTree } from './key-tree.ts';
import type { LiteralPool } from './literal-pool.ts';
import { buildScanner, type SlotScanner, scannerBytes } from './slot-scanner.ts';
import type { Work } from './work.ts';

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
  /** By position: milliseconds spent on asking the rule, estimated from the few events that were timed. */
  readonly sampledMs: Float64Array;
  /** Rules whose conditions were asked, and events. */
  asked = 0;
  events = 0;

  private constructor({
    positions,
    keys,
    hasKeywords,
    keywords,
    always,
    steps,
    sampledMs,
  }: RouteTables) {
    this.positions = positions;
    this.keys = keys;
    this.hasKeywords = hasKeywords;
    this.keywords = keywords;
    this.always = always;
    this.steps = steps;
    this.sampledMs = sampledMs;
  }

  /** @param numbers rules of the index, ascending */
  static *build(index: CompiledIndex, pool: LiteralPool, numbers: Int32Array): Work<Route> {
    const positions = new Int32Array(index.rules.length).fill(-1);
    for (const [position, number] of numbers.entries()) positions[number] = position;
    const { slots, atoms } = yield* usedBy(index, numbers);
    const keys = buildKeyTree(
      index.fields.map((field, slot) => (slots.has(slot) ? field : undefined)),
    );
    yield;
    // Every keyword that one of the rules asks for, also when it is the way to a rule of other routes only: what is
    // in no searcher would be taken for absent.
    const entries = index.keywordEntries.filter(({ targets }) =>
      targets.some((atom) => atoms.has(atom)),
    );
    yield;
    return new Route({
      positions,
      keys,
      hasKeywords: slots.has(KEYWORD_SLOT),
      keywords: entries.length === 0 ? undefined : yield* buildScanner(KEYWORD_SLOT, entries, pool),
      always: index.always.filter((rule) => (positions[rule] as number) >= 0),
      steps: new Float64Array(numbers.length),
      sampledMs: new Float64Array(numbers.length),
    });
  }

  /**
   * The same without the rules at some positions: they are not asked, whatever is found. Shares all tables and goes on
   * counting the same steps, so it costs next to nothing to make.
   */
  without(left: ReadonlySet<number>): Route {
    const positions = this.positions.map((position) => (left.has(position) ? -1 : position));
    const always = this.always.filter((rule) => (positions[rule] as number) >= 0);
    return new Route({ ...this, positions, always });
  }

  /** Bytes of its own tables. */
  get tableBytes(): number {
    const { positions, steps, sampledMs, keywords } = this;
    const own = positions.byteLength + steps.byteLength + sampledMs.byteLength;
    return keywords === undefined ? own : own + scannerBytes(keywords);
  }
}

type RouteTables = Pick<
  Route,
  'positions' | 'keys' | 'hasKeywords' | 'keywords' | 'always' | 'steps' | 'sampledMs'
>;

/** The fields and atoms that some rules ask about. */
function* usedBy(
  { ruleCode, code, atomSlot, atomTests }: CompiledIndex,
  numbers: Int32Array,
): Work<{ slots: ReadonlySet<number>; atoms: ReadonlySet<number> }> {
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
    yield;
  }
  return { slots, atoms };
}
