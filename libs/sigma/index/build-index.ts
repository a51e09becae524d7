import type { SigmaRule } from '../rule/rule.ts';
import { AtomTable, type Entry, KEYWORD_SLOT } from './atom-table.ts';
import { BranchProgram } from './branch-program.ts';
import type { CompiledIndex, CompiledTest } from './compiled-index.ts';
import type { LiteralPool } from './literal-pool.ts';
import { RegexTable } from './regex-table.ts';
import {
  buildScanner,
  ENTRY_CONTAINS,
  ENTRY_EQUALS,
  ENTRY_PATTERN,
  ENTRY_PREFIX,
  ENTRY_SUFFIX,
  type SlotScanner,
} from './slot-scanner.ts';
import type { SymbolTable } from './symbol-table.ts';
import { compileWildcard } from './wildcard.ts';
import { chooseWitness } from './witness.ts';
import type { Work } from './work.ts';

/** What an index is made with. */
export interface IndexParts {
  readonly symbols: SymbolTable;
  readonly literals: LiteralPool;
  /** How often atoms were true, by their keys, where it was measured. */
  readonly rates: ReadonlyMap<string, number> | undefined;
}

/** Compiles rules to tables, rule by rule and field by field. */
export function* buildIndex(rules: readonly SigmaRule[], parts: IndexParts): Work<CompiledIndex> {
  const table = new AtomTable(parts.rates);
  const program = new BranchProgram({
    atomOf: (item) => table.atomOf(item),
    isDecided: (atom) => table.atoms[atom]?.lazy.length === 0,
    rateOf: (atom) => table.atoms[atom]?.rate ?? 1,
  });
  const ruleCode = new Int32Array(rules.length + 1);
  const ruleEntry = new Int32Array(rules.length);
  for (const [number, { expression }] of rules.entries()) {
    ruleEntry[number] = program.add(expression);
    ruleCode[number + 1] = program.length;
    yield;
  }
  const { always, watching } = yield* watchRules(rules, table);
  const eager = table.entries.map((entry) => isEager(entry, watching));
  yield;
  const [watchStart, watchers] = ranges(table.atoms.map(({ id }) => watching.get(id) ?? []));
  const scanners = yield* buildScanners(table, eager, parts.literals);
  const entries = yield* entryTables(table.entries, parts);
  const atomTests = yield* compileTests(table, eager);
  return {
    rules,
    symbols: parts.symbols,
    fields: table.fields,
    keywordEntries: table.entries.filter(({ id, slot }) => slot === KEYWORD_SLOT && eager[id]),
    scanners,
    presence: Int32Array.from(table.fields, (_, slot) => table.presence.get(slot) ?? -1),
    ...entries,
    atoms: table.atoms.length,
    atomKeys: table.atoms.map(({ key }) => key),
    atomSlot: Int32Array.from(table.atoms, ({ slot }) => slot),
    atomTests,
    watchStart,
    watchers,
    code: program.code,
    ruleEntry,
    ruleCode,
    always: Int32Array.from(always),
  };
}

function* watchRules(
  rules: readonly SigmaRule[],
  table: AtomTable,
): Work<{ always: readonly number[]; watching: ReadonlyMap<number, number[]> }> {
  const always: number[] = [];
  const watching = new Map<number, number[]>();
  for (const [number, { expression }] of rules.entries()) {
    const witness = chooseWitness(expression, {
      witnessOf: (item) => {
        const atom = table.atoms[table.atomOf(item)];
        if (atom?.witnesses === undefined) return undefined;
        const rates = atom.witnesses.map((witnessAtom) => table.atoms[witnessAtom]?.rate ?? 1);
        return { atoms: atom.witnesses, rate: rates.reduce((sum, rate) => sum + rate, 0) };
      },
    });
    if (witness === undefined) always.push(number);
    for (const atom of witness?.atoms ?? []) {
      const rulesOfAtom = watching.get(atom);
      if (rulesOfAtom === undefined) watching.set(atom, [number]);
      else rulesOfAtom.push(number);
    }
    yield;
  }
  return { always, watching };
}

/** Shorter texts are met at every turn: they are looked for when a rule asks, if they are not the way to one. */
const EAGER_UNITS_MIN = 4;

/** Whether an entry is looked for in every value. Of keywords only those that are the way to a rule. */
function isEager({ slot, shape, targets }: Entry, watching: ReadonlyMap<number, unknown>): boolean {
  if (targets.some((atom) => watching.has(atom))) return true;
  if (slot === KEYWORD_SLOT) return false;
  const searched = shape.kind === 'contains' || shape.kind === 'pattern';
  return !searched || shape.literal.length >= EAGER_UNITS_MIN;
}

function* buildScanners(
  table: AtomTable,
  eager: readonly boolean[],
  literals: LiteralPool,
): Work<CompiledIndex['scanners']> {
  const bySlot = new Map<number, Entry[]>();
  for (const entry of table.entries) {
    if (!eager[entry.id] || entry.slot === KEYWORD_SLOT) continue;
    const entries = bySlot.get(entry.slot);
    if (entries === undefined) bySlot.set(entry.slot, [entry]);
    else entries.push(entry);
    // Makes its bytes, which the scanner takes.
    literals.literal(entry.shape.literal);
    yield;
  }
  const scanners: (SlotScanner | undefined)[] = [];
  for (let slot = 0; slot < table.fields.length; slot += 1) {
    const entries = bySlot.get(slot);
    scanners.push(entries === undefined ? undefined : yield* buildScanner(slot, entries, literals));
    yield;
  }
  return scanners;
}

const KINDS = {
  equals: ENTRY_EQUALS,
  prefix: ENTRY_PREFIX,
  suffix: ENTRY_SUFFIX,
  contains: ENTRY_CONTAINS,
  pattern: ENTRY_PATTERN,
} as const;

type EntryTables = Pick<
  CompiledIndex,
  | 'entryKind'
  | 'literalStart'
  | 'literalBytes'
  | 'entryPatterns'
  | 'entryTargetStart'
  | 'entryTargets'
>;

function* entryTables(
  entries: readonly Entry[],
  { symbols, literals }: IndexParts,
): Work<EntryTables> {
  const [entryTargetStart, entryTargets] = ranges(entries.map(({ targets }) => targets));
  const bytes: Uint8Array[] = [];
  const entryPatterns: CompiledIndex['entryPatterns'][number][] = [];
  for (const { shape, test } of entries) {
    bytes.push(literals.literal(shape.literal).bytes);
    entryPatterns.push(
      shape.kind === 'pattern' && test !== undefined
        ? { units: compileWildcard(test.pattern, test.cased, symbols), cased: test.cased }
        : undefined,
    );
    yield;
  }
  return {
    entryKind: Uint8Array.from(entries, ({ shape }) => KINDS[shape.kind]),
    ...literalTable(bytes),
    entryPatterns,
    entryTargetStart,
    entryTargets,
  };
}

/** Texts in one table: what is compared lies close together, whatever entry it is of. */
function literalTable(
  literals: readonly Uint8Array[],
): Pick<CompiledIndex, 'literalStart' | 'literalBytes'> {
  const literalStart = new Int32Array(literals.length + 1);
  for (const [entry, { length }] of literals.entries()) {
    literalStart[entry + 1] = (literalStart[entry] as number) + length;
  }
  const literalBytes = new Uint8Array(literalStart.at(-1) ?? 0);
  for (const [entry, bytes] of literals.entries()) literalBytes.set(bytes, literalStart[entry]);
  return { literalStart, literalBytes };
}

/** By atom: what is asked when a rule needs it, the cheap first. */
function* compileTests(
  table: AtomTable,
  eager: readonly boolean[],
): Work<CompiledIndex['atomTests']> {
  const regexes = new RegexTable();
  const tests = new Map<number, CompiledTest[]>();
  const add = (atom: number, test: CompiledTest): void => {
    const list = tests.get(atom);
    if (list === undefined) tests.set(atom, [test]);
    else list.push(test);
  };
  for (const { id, targets } of table.entries) {
    if (eager[id]) continue;
    const test = { test: undefined, entry: id, gate: -1, regex: undefined, other: -1 };
    for (const atom of targets) add(atom, test);
    yield;
  }
  for (const { id, lazy } of table.atoms) {
    for (const { test, gate } of lazy) {
      add(id, {
        test,
        entry: -1,
        gate: gate ?? -1,
        regex: regexes.of(test),
        other: test.kind === 'field' ? table.slotOf(test.other) : -1,
      });
    }
    yield;
  }
  return table.atoms.map(({ id }) => tests.get(id));
}

/** Lists one after another, and where each starts. */
function ranges(lists: readonly (readonly number[])[]): [Int32Array, Int32Array] {
  const starts = new Int32Array(lists.length + 1);
  let total = 0;
  for (const [index, list] of lists.entries()) {
    starts[index] = total;
    total += list.length;
  }
  starts[lists.length] = total;
  return [starts, Int32Array.from(lists.flat())];
}
