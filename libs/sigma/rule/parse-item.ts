import { FaultSignal, type Place } from '../fault.ts';
import { withStars } from '../text/pattern.ts';
import type { YamlEntry, YamlNode, YamlScalar } from '../yaml/yaml-node.ts';
import {
  type Draft,
  ITEM_VALUES_MAX,
  type ItemFlags,
  type ModifierContext,
  numberText,
} from './draft.ts';
import { ITEM_MODIFIERS, misplacedModifier, textDraft, VALUE_MODIFIERS } from './modifiers.ts';
import type { Expression, Test } from './rule.ts';

/** Lists that fill placeholders, and where names without a list are collected. */
export interface ItemOptions {
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly missing: Set<string>;
}

/** Most values of one item as written. */
export const VALUES_MAX = 20_000;

/** Reads `field|modifier|…: values`. An empty field is a keyword. */
export function parseItem(entry: YamlEntry, options: ItemOptions): Expression {
  const [field = '', ...modifiers] = entry.key.split('|');
  return parseValues(field, modifiers, entry.value, entry.place, options);
}

/** Reads bare values: keywords. */
export function parseKeywords(node: YamlNode, options: ItemOptions): Expression {
  return parseValues('', [], node, node.place, options);
}

function parseValues(
  field: string,
  modifiers: readonly string[],
  node: YamlNode,
  place: Place,
  options: ItemOptions,
): Expression {
  const values = scalarsOf(node);
  const flags: ItemFlags = { all: false, negated: false, cased: false, missing: options.missing };
  checkModifiers(modifiers, place);
  if (modifiers.includes('exists')) return existence(field, modifiers, values, place);
  flags.all = modifiers.includes('all');
  flags.negated = modifiers.includes('neq');
  flags.cased = modifiers.includes('cased');
  if (values.length === 0 && field === '') {
    throw new FaultSignal('empty_detection', place, 'the list is empty: give keywords');
  }
  const keyword = field === '';
  const shape = { field: keyword ? undefined : field, place };
  const item = (tests: readonly Test[]): Expression => ({
    kind: 'item',
    item: { ...shape, tests },
  });
  if (values.length === 0) return negate(item([{ kind: 'null' }]), flags);
  const groups = values.map((value) => testsOf(value, modifiers, keyword, flags, options));
  if (groups.reduce((sum, group) => sum + group.length, 0) > ITEM_VALUES_MAX) {
    throw new FaultSignal('too_many_values', place, `more than ${ITEM_VALUES_MAX} values`);
  }
  const parts = flags.all && groups.length > 1 ? groups.map(item) : [item(groups.flat())];
  const [only] = parts;
  return negate(parts.length === 1 && only !== undefined ? only : { kind: 'and', parts }, flags);
}

function negate(part: Expression, flags: ItemFlags): Expression {
  return flags.negated ? { kind: 'not', part } : part;
}

function checkModifiers(modifiers: readonly string[], place: Place): void {
  for (const name of modifiers) checkModifier(name, place);
  const misplaced = misplacedModifier(modifiers);
  if (misplaced === undefined) return;
  const [name, before] = misplaced;
  const message = `${name} takes the value as it is written: ${before} cannot stand before it`;
  throw new FaultSignal('invalid_modifier', place, message);
}

function checkModifier(name: string, place: Place): void {
  if (VALUE_MODIFIERS.has(name) || ITEM_MODIFIERS.has(name)) return;
  const known = [...VALUE_MODIFIERS.keys(), ...ITEM_MODIFIERS].join(', ');
  const message = `there is no modifier ${JSON.stringify(name.slice(0, 40))}; there are ${known}`;
  throw new FaultSignal('unknown_modifier', place, message);
}

function scalarsOf(node: YamlNode): readonly YamlScalar[] {
  const items = node.kind === 'list' ? node.items : [node];
  if (items.length > VALUES_MAX) {
    throw new FaultSignal('too_many_values', node.place, `more than ${VALUES_MAX} values`);
  }
  return items.map((item) => {
    if (item.kind === 'scalar') return item;
    const message = 'a value is text, a number, true, false or null, not a map or list';
    throw new FaultSignal('invalid_value', item.place, message);
  });
}

function existence(
  field: string,
  modifiers: readonly string[],
  values: readonly YamlScalar[],
  place: Place,
): Expression {
  const [value] = values;
  if (modifiers.length > 1 || values.length !== 1 || typeof value?.value !== 'boolean') {
    const message = 'exists stands alone and takes true or false: field|exists: true';
    throw new FaultSignal('invalid_modifier', place, message);
  }
  if (field === '') throw needsField('exists', place);
  const tests: Test[] = [{ kind: 'exists', present: value.value }];
  return { kind: 'item', item: { field, tests, place } };
}

function needsField(what: string, place: Place): FaultSignal {
  return new FaultSignal('invalid_modifier', place, `${what} needs a field: write field|${what}`);
}

/** The tests of one value: several when modifiers expand it; any of them will do, also under `all`. */
function testsOf(
  scalar: YamlScalar,
  modifiers: readonly string[],
  keyword: boolean,
  flags: ItemFlags,
  { lists }: ItemOptions,
): readonly Test[] {
  if (scalar.value === null) return [nullTest(scalar, modifiers, keyword)];
  let drafts: readonly Draft[] = [draftOf(scalar.value)];
  for (const name of modifiers) {
    const modifier = VALUE_MODIFIERS.get(name);
    if (modifier === undefined) continue;
    const context: ModifierContext = { name, place: scalar.place, flags, lists, keyword };
    drafts = drafts.flatMap((draft) => modifier(draft, context));
  }
  return drafts.map((draft) => finish(draft, scalar.place, keyword, flags.cased));
}

function nullTest(scalar: YamlScalar, modifiers: readonly string[], keyword: boolean): Test {
  if (keyword) throw needsField('null', scalar.place);
  const other = modifiers.find((name) => VALUE_MODIFIERS.has(name));
  if (other === undefined) return { kind: 'null' };
  throw new FaultSignal('invalid_value', scalar.place, `${other} cannot be applied to null`);
}

function draftOf(value: string | number | bigint | boolean): Draft {
  if (typeof value === 'string') return textDraft(value);
  if (typeof value === 'boolean') return { kind: 'bool', value };
  return { kind: 'number', value };
}

function finish(draft: Draft, place: Place, keyword: boolean, cased: boolean): Test {
  if (draft.kind === 'test') {
    const { test } = draft;
    if (keyword && (test.kind === 'field' || test.kind === 'compare' || test.kind === 'time')) {
      throw needsField(test.kind === 'field' ? 'fieldref' : 'this modifier', place);
    }
    return test.kind === 'field' ? { ...test, cased } : test;
  }
  if (draft.kind !== 'text') {
    const text = draft.kind === 'number' ? numberText(draft.value) : String(draft.value);
    return textTest([text], keyword, cased);
  }
  return textTest(draft.pattern, keyword || draft.offset, cased);
}

function textTest(pattern: readonly (string | 0 | 1)[], inside: boolean, cased: boolean): Test {
  return { kind: 'text', pattern: inside ? withStars(pattern, true, true) : pattern, cased };
}
