import { LazyRegex } from '../regex/lazy-regex.ts';
import { parseRegex } from '../regex/parse-regex.ts';
import { compileRegex } from '../regex/regex-program.ts';
import type { SigmaRule } from '../rule/rule.ts';
import { type Atom, AtomTable, type Entry, KEYWORD_SLOT, type LazyTest } from './atom-table.ts';
import { BranchProgram } from './branch-program.ts';
import type { CompiledIndex, CompiledTest } from './compiled-index.ts';
import { buildKeyTree } from './key-tree.ts';
import { KeywordFilter } from './keyword-filter.ts';
import {
  buildScanner,
  ENTRY_CONTAINS,
  ENTRY_EQUALS,
  ENTRY_PATTERN,
  ENTRY_PREFIX,
  ENTRY_SUFFIX,
} from './slot-scanner.ts';
import type { LiteralPool } from './literal-pool.ts';
import type { SymbolTable } from './symbol-table.ts';
import { compileWildcard } from './wildcard.ts';
import { chooseWitness } from './witness.ts';

/** What indexes of one rule set share. */
export interface IndexParts {
  readonly symbols: SymbolTable;
  readonly literals: LiteralPool;
  /** Regular expressions by source and flags. */
  readonly regexes: Map<string, LazyRegex>;
  /** How often atoms were true, by their keys, where it was measured. */
  readonly rates?: ReadonlyMap<string, number>;
}

/** Compiles rules to tables. */
export function buildIndex(rules: readonly SigmaRule[], parts: IndexParts): CompiledIndex {
  const table = new AtomTable(parts.rates);
  const program = new BranchProgram({
    atomOf: (item) => table.atomOf(item),
    isDecided: (atom) => table.atoms[atom]?.lazy.length === 0,
    rateOf: (atom) => table.atoms[atom]?.rate ?? 1,
  });
  const ruleEntry = Int32Array.from(rules, (rule) => program.add(rule.expression));
  const { always, watching } = watchRules(rules, table);
  const [watchStart, watchers] = ranges(table.atoms.map(({ id }) => watching.get(id) ?? []));
  return {
    rules,
    symbols: parts.symbols,
    keys: buildKeyTree(table.fields),
    slots: table.fields.length,
    hasKeywords: table.atoms.some(({ slot, key }) => slot === KEYWORD_SLOT && key !== ''),
    keywordFilter: buildKeywordFilter(table, watching),
    scanners: buildScanners(table, parts.literals),
    presence: Int32Array.from(table.fields, (_, slot) => table.presence.get(slot) ?? -1),
    ...entryTables(table.entries, parts),
    atoms: table.atoms.length,
    atomKeys: table.atoms.map(({ key }) => key),
    atomSlot: Int32Array.from(table.atoms, ({ slot }) => slot),
    atomTests: table.atoms.map((atom) => compileTests(atom, table, parts.regexes)),
    watchStart,
    watchers,
    code: program.code,
    ruleEntry,
    always: Int32Array.from(always),
  };
}

function watchRules(
  rules: readonly SigmaRule[],
  table: AtomTable,
): { always: readonly number[]; watching: ReadonlyMap<number, number[]> } {
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
  }
  return { always, watching };
}

/** Only keywords that are the way to a rule: the others are looked at when a rule asks. */
function buildKeywordFilter(
  table: AtomTable,
  watching: ReadonlyMap<number, unknown>,
): KeywordFilter | undefined {
  const entries = table.entries.filter(
    ({ slot, targets }) => slot === KEYWORD_SLOT && targets.some((atom) => watching.has(atom)),
  );
  return KeywordFilter.of(entries.map(({ shape }) => shape.literal));
}

function buildScanners(table: AtomTable, literals: LiteralPool): CompiledIndex['scanners'] {
  const bySlot = new Map<number, Entry[]>();
  for (const entry of table.entries) {
    const entries = bySlot.get(entry.slot);
    if (entries === undefined) bySlot.set(entry.slot, [entry]);
    else entries.push(entry);
  }
  return table.fields.map((_, slot) => {
    const entries = bySlot.get(slot);
    return entries === undefined ? undefined : buildScanner(slot, entries, literals);
  });
}

const KINDS = {
  equals: ENTRY_EQUALS,
  prefix: ENTRY_PREFIX,
  suffix: ENTRY_SUFFIX,
  contains: ENTRY_CONTAINS,
  pattern: ENTRY_PATTERN,
} as const;

function entryTables(entries: readonly Entry[], { symbols, literals }: IndexParts) {
  const [entryTargetStart, entryTargets] = ranges(entries.map(({ targets }) => targets));
  return {
    entryKind: Uint8Array.from(entries, ({ shape }) => KINDS[shape.kind]),
    entryLiterals: entries.map(({ shape }) => literals.literal(shape.literal).bytes),
    entryPatterns: entries.map(({ shape, test }) =>
      shape.kind === 'pattern' && test !== undefined
        ? { units: compileWildcard(test.pattern, test.cased, symbols), cased: test.cased }
        : undefined,
    ),
    entryTargetStart,
    entryTargets,
  };
}

function compileTests(
  atom: Atom,
  table: AtomTable,
  regexes: Map<string, LazyRegex>,
): readonly CompiledTest[] | undefined {
  if (atom.lazy.length === 0) return undefined;
  return atom.lazy.map(({ test, gate }: LazyTest) => ({
    test,
    gate: gate ?? -1,
    regex: test.kind === 'regex' ? regexOf(test.source, test.flags, regexes) : undefined,
    other: test.kind === 'field' ? table.slotOf(test.other) : -1,
  }));
}

function regexOf(source: string, flags: string, regexes: Map<string, LazyRegex>): LazyRegex {
  const key = `${flags}/${source}`;
  const known = regexes.get(key);
  if (known !== undefined) return known;
  const regex = new LazyRegex(compileRegex(parseRegex(source, flags)));
  regexes.set(key, regex);
  return regex;
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
