import type { SigmaRule } from '../rule/rule.ts';
import type { Lists } from './carried-lists.ts';
import type { CompiledIndex, CompiledTest } from './compiled-index.ts';
import { LiteralPool } from './literal-pool.ts';
import { RegexTable } from './regex-table.ts';
import { type PlainSymbols, SymbolTable } from './symbol-table.ts';
import type { Work } from './work.ts';

/** What a set of rules is matched with. */
export interface RuleTables {
  readonly index: CompiledIndex;
  readonly literals: LiteralPool;
}

/** Members of an index that are not plain data, or that whoever reads it back has. */
type Remade = 'rules' | 'symbols' | 'atomTests' | 'atomKeys';
type Scalars = Record<string, unknown>;

/**
 * Tables as plain data: everything but the rules, the automata of expressions, which are made as events come, and the
 * keys of atoms, which serve to build.
 */
export function listsOfTables({ index, literals }: RuleTables): Lists {
  const { rules: _rules, atomKeys: _keys, symbols, atomTests, ...plain } = index;
  const members = Object.entries(plain);
  const lists = members.filter(([, value]) => Array.isArray(value));
  const scalars = members.filter(([, value]) => !Array.isArray(value));
  return {
    ...Object.fromEntries(lists),
    ...Object.fromEntries(scalars.map(([name, value]) => [`=${name}`, [value]])),
    '=symbols': [symbols.plain],
    '=grams': [literals.grams],
    atomTests: atomTests.map((tests) =>
      tests?.map((test): CompiledTest => ({ ...test, regex: undefined })),
    ),
  };
}

/** The tables again, for the same rules. */
export function* tablesOfLists(lists: Lists, rules: readonly SigmaRule[]): Work<RuleTables> {
  const scalars: Scalars = {};
  const members: Record<string, readonly unknown[]> = {};
  for (const [name, values] of Object.entries(lists)) {
    if (name.startsWith('=')) [scalars[name.slice(1)]] = values;
    else members[name] = values;
  }
  const { symbols: plainSymbols, grams, ...numbers } = scalars;
  const symbols = SymbolTable.of(plainSymbols as PlainSymbols);
  const atomTests = yield* remadeTests(members['atomTests'] as CompiledIndex['atomTests']);
  const plain = { ...members, ...numbers } as unknown as Omit<CompiledIndex, Remade>;
  return {
    index: { ...plain, rules, symbols, atomTests, atomKeys: [] },
    literals: new LiteralPool(symbols, grams as Uint16Array),
  };
}

function* remadeTests(carried: CompiledIndex['atomTests']): Work<CompiledIndex['atomTests']> {
  const regexes = new RegexTable();
  const remade: (readonly CompiledTest[] | undefined)[] = [];
  for (const tests of carried) {
    remade.push(
      tests?.map(({ test, entry, gate, other }) => ({
        test,
        entry,
        gate,
        regex: regexes.of(test),
        other,
      })),
    );
    if (tests !== undefined) yield;
  }
  return remade;
}
