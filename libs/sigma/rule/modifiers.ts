import { FaultSignal } from '../fault.ts';
import { parseRegex } from '../regex/parse-regex.ts';
import { RegexFault } from '../regex/regex-node.ts';
import { compileRegex } from '../regex/regex-program.ts';
import { hasWildcard, parsePattern, withStars } from '../text/pattern.ts';
import { parseNetwork } from './cidr-network.ts';
import { type Draft, invalidValue, type ModifierContext, numberText } from './draft.ts';
import {
  encodeBase64,
  encodeBase64Offsets,
  encodeWide,
  expandDashes,
  expandPlaceholders,
  expandSource,
} from './encode-value.ts';
import type { CompareOperator, FieldOperator, TimePart } from './rule.ts';

type Modifier = (draft: Draft, context: ModifierContext) => readonly Draft[];
type TextDraft = Draft & { kind: 'text' };

/** Every modifier that changes values, by name. Those of the whole item are in {@link ITEM_MODIFIERS}. */
export const VALUE_MODIFIERS: ReadonlyMap<string, Modifier> = new Map<string, Modifier>([
  ['contains', affix('contains', true, true)],
  ['startswith', affix('startswith', false, true)],
  ['endswith', affix('endswith', true, false)],
  ['wide', onText((draft) => [encodeWide(draft, true, false)])],
  ['utf16le', onText((draft) => [encodeWide(draft, true, false)])],
  ['utf16be', onText((draft) => [encodeWide(draft, false, false)])],
  ['utf16', onText((draft) => [encodeWide(draft, true, true)])],
  ['base64', onText((draft, context) => [encodeBase64(draft, context)])],
  ['base64offset', onText(encodeBase64Offsets)],
  ['windash', onText(expandDashes)],
  ['expand', expand],
  ['cidr', onText(cidr)],
  ['re', onText(regex)],
  ['i', regexFlag('i')],
  ['ignorecase', regexFlag('i')],
  ['m', regexFlag('m')],
  ['multiline', regexFlag('m')],
  ['s', regexFlag('s')],
  ['dotall', regexFlag('s')],
  ['fieldref', onText(fieldReference)],
  ['lt', comparison('lt')],
  ['lte', comparison('lte')],
  ['gt', comparison('gt')],
  ['gte', comparison('gte')],
  ['minute', timePart('minute')],
  ['hour', timePart('hour')],
  ['day', timePart('day')],
  ['week', timePart('week')],
  ['month', timePart('month')],
  ['year', timePart('year')],
]);

/** Modifiers of the whole item. */
export const ITEM_MODIFIERS: ReadonlySet<string> = new Set(['all', 'neq', 'cased', 'exists']);

const COMPARISONS = ['lt', 'lte', 'gt', 'gte'];
const TIME_PARTS = ['minute', 'hour', 'day', 'week', 'month', 'year'];

/** Modifiers that take the value as it is written, and the value modifiers that may stand before them. */
const TAKES_RAW: ReadonlyMap<string, readonly string[]> = new Map([
  ['re', []],
  ['cidr', []],
  ['fieldref', ['contains', 'startswith', 'endswith']],
  ...COMPARISONS.map((name): [string, string[]] => [name, TIME_PARTS]),
  ...TIME_PARTS.map((name): [string, string[]] => [name, COMPARISONS]),
]);

/** The first modifier that would lose what one before it did, and that one; undefined when all is well. */
export function misplacedModifier(
  names: readonly string[],
): [name: string, before: string] | undefined {
  for (const [at, name] of names.entries()) {
    const allowed = TAKES_RAW.get(name);
    const before = names
      .slice(0, at)
      .find((one) => VALUE_MODIFIERS.has(one) && allowed?.includes(one) === false);
    if (before !== undefined) return [name, before];
  }
  return undefined;
}

function onText(apply: (draft: TextDraft, context: ModifierContext) => readonly Draft[]): Modifier {
  return (draft, context) => {
    if (draft.kind === 'text') return apply(draft, context);
    if (draft.kind === 'test') throw invalidValue(context, 'cannot follow the modifier before it');
    const raw = draft.kind === 'number' ? numberText(draft.value) : String(draft.value);
    return apply(textDraft(raw), context);
  };
}

/** The draft of a string value. */
export function textDraft(raw: string): TextDraft {
  const pattern = parsePattern(raw);
  return { kind: 'text', pattern, raw, bytes: false, affix: 'equals', offset: false };
}

function affix(operator: FieldOperator, before: boolean, after: boolean): Modifier {
  const onValue = onText((draft) => [
    { ...draft, pattern: withStars(draft.pattern, before, after), affix: operator },
  ]);
  return (draft, context) => {
    if (draft.kind !== 'test') return onValue(draft, context);
    const { test } = draft;
    // A search is not anchored, so there is nothing to add to it (pySigma puts .* round it).
    if (test.kind === 'regex') return [draft];
    if (test.kind === 'field') return [{ kind: 'test', test: { ...test, operator } }];
    throw invalidValue(context, 'cannot follow the modifier before it');
  };
}

function cidr(draft: TextDraft, context: ModifierContext): readonly Draft[] {
  const network = parseNetwork(draft.raw);
  if (network === undefined) {
    const message = `${JSON.stringify(draft.raw.slice(0, 60))} is no network: write one such as 10.0.0.0/8, no bit set after the prefix`;
    throw new FaultSignal('invalid_cidr', context.place, message);
  }
  return [{ kind: 'test', test: { kind: 'cidr', network } }];
}

function regex(draft: TextDraft, context: ModifierContext): readonly Draft[] {
  checkRegex(draft.raw, '', context);
  return [{ kind: 'test', test: { kind: 'regex', source: draft.raw, flags: '' } }];
}

function expand(draft: Draft, context: ModifierContext): readonly Draft[] {
  if (draft.kind !== 'test' || draft.test.kind !== 'regex') {
    return onText(expandPlaceholders)(draft, context);
  }
  const { test } = draft;
  return expandSource(test.source, context).map((source): Draft => {
    checkRegex(source, test.flags, context);
    return { kind: 'test', test: { ...test, source } };
  });
}

function checkRegex(source: string, flags: string, context: ModifierContext): void {
  try {
    compileRegex(parseRegex(source, flags));
  } catch (error) {
    if (!(error instanceof RegexFault)) throw error;
    const code = error.unsupported ? 'unsupported_regex' : 'invalid_regex';
    const message = `the regular expression is not usable: ${error.message} (at its character ${error.at + 1})`;
    throw new FaultSignal(code, context.place, message);
  }
}

function regexFlag(flag: string): Modifier {
  return (draft, context) => {
    if (draft.kind !== 'test' || draft.test.kind !== 'regex') {
      throw invalidValue(context, 'only follows re');
    }
    const flags = [...new Set([...draft.test.flags, flag])].sort().join('');
    return [{ kind: 'test', test: { ...draft.test, flags } }];
  };
}

function fieldReference(draft: TextDraft, context: ModifierContext): readonly Draft[] {
  if (draft.raw === '') throw invalidValue(context, 'names no field');
  if (hasWildcard(parsePattern(draft.raw))) {
    throw invalidValue(context, 'names one field: it takes no wildcard');
  }
  const { affix: operator, raw: other } = draft;
  return [{ kind: 'test', test: { kind: 'field', other, operator, cased: false } }];
}

function comparison(operator: CompareOperator): Modifier {
  return (draft, context) => {
    if (draft.kind === 'test' && draft.test.kind === 'time' && draft.test.operator === 'eq') {
      return [{ kind: 'test', test: { ...draft.test, operator } }];
    }
    const value = numberOf(draft, context);
    return [{ kind: 'test', test: { kind: 'compare', operator, value } }];
  };
}

function timePart(part: TimePart): Modifier {
  return (draft, context) => {
    if (draft.kind === 'test' && draft.test.kind === 'compare') {
      const { operator, value } = draft.test;
      return [{ kind: 'test', test: { kind: 'time', part, operator, value } }];
    }
    const value = numberOf(draft, context);
    return [{ kind: 'test', test: { kind: 'time', part, operator: 'eq', value } }];
  };
}

function numberOf(draft: Draft, context: ModifierContext): number | bigint {
  if (draft.kind === 'number') return draft.value;
  if (draft.kind === 'text' && /^-?\d+$/.test(draft.raw)) {
    const value = Number(draft.raw);
    return Number.isSafeInteger(value) ? value : BigInt(draft.raw);
  }
  if (draft.kind === 'text' && /^-?\d+\.\d+$/.test(draft.raw)) return Number(draft.raw);
  throw invalidValue(context, 'needs a number');
}
