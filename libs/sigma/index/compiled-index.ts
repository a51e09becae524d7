import type { LazyRegex } from '../regex/lazy-regex.ts';
import type { SigmaRule, Test } from '../rule/rule.ts';
import type { Entry } from './atom-table.ts';
import { type SlotScanner, scannerBytes } from './slot-scanner.ts';
import type { SymbolTable } from './symbol-table.ts';
import type { CompiledWildcard } from './wildcard.ts';

/** A test that is asked only when a rule needs it, ready to run. */
export interface CompiledTest {
  /** Undefined: whether {@link CompiledTest.entry} holds. */
  readonly test: Test | undefined;
  /** The entry that no automaton looks for, or -1. */
  readonly entry: number;
  /** The atom that must be true for it to hold, or -1. */
  readonly gate: number;
  readonly regex: LazyRegex | undefined;
  /** The other field of a comparison of two, or -1. */
  readonly other: number;
}

/** A pattern over symbols, or over raw units when case counts. */
export interface EntryPattern {
  readonly units: CompiledWildcard;
  readonly cased: boolean;
}

/** All rules of a set as tables. Immutable; each logsource is a `Route` over the same tables. */
export interface CompiledIndex {
  readonly rules: readonly SigmaRule[];
  readonly symbols: SymbolTable;
  /** Names by slot; slot 0 is the keywords. */
  readonly fields: readonly string[];
  /** What is looked for anywhere in an event: each route searches for those of its rules. */
  readonly keywordEntries: readonly Entry[];
  /** By slot. None for keywords. */
  readonly scanners: readonly (SlotScanner | undefined)[];
  /** By slot: the atom that is true when the field is there, or -1. */
  readonly presence: Int32Array;

  readonly entryKind: Uint8Array;
  /** Texts in the form of {@link writeCanonical}, one after the other: where each starts, and the next. */
  readonly literalStart: Int32Array;
  readonly literalBytes: Uint8Array;
  /** By entry: the pattern that is compared whole. */
  readonly entryPatterns: readonly (EntryPattern | undefined)[];
  readonly entryTargetStart: Int32Array;
  readonly entryTargets: Int32Array;

  readonly atoms: number;
  /** What each atom asks, as text; none in a set that was carried. */
  readonly atomKeys: readonly string[];
  readonly atomSlot: Int32Array;
  /** By atom: what is left to ask when no automaton made it true; undefined = nothing. */
  readonly atomTests: readonly (readonly CompiledTest[] | undefined)[];
  /** By atom: the rules to look at when it becomes true, as a range of `watchers`. */
  readonly watchStart: Int32Array;
  readonly watchers: Int32Array;

  /** Triples of atom, next when true, next when false. */
  readonly code: Int32Array;
  readonly ruleEntry: Int32Array;
  /** By rule: where its triples start; they end where the next rule's start. */
  readonly ruleCode: Int32Array;
  /** Rules that nothing need be true for. */
  readonly always: Int32Array;
}

/** Bytes of an index's tables. */
export function indexBytes(index: CompiledIndex): number {
  let bytes =
    index.literalBytes.byteLength +
    index.code.byteLength +
    index.watchers.byteLength +
    index.entryTargets.byteLength;
  for (const scanner of index.scanners) {
    if (scanner !== undefined) bytes += scannerBytes(scanner);
  }
  return bytes;
}
