import { compareNumbers, numberOfText, timePartOfText } from '../evaluate/compare-values.ts';
import { referenceMatches } from '../evaluate/evaluate-plainly.ts';
import type { LazyRegex } from '../regex/lazy-regex.ts';
import { type Address, inNetwork, parseAddress } from '../rule/cidr-network.ts';
import type { Test } from '../rule/rule.ts';
import { KEYWORD_SLOT } from './atom-table.ts';
import type { CompiledTest } from './compiled-index.ts';
import type { Matcher } from './matcher.ts';

/** 64 bytes a step. */
const STEP_SHIFT = 6;
/** No address is longer. */
const ADDRESS_UNITS_MAX = 64;

/** The tests that no automaton decides, asked when a rule needs them and once an event at most. */
export class LazyTests {
  readonly #matcher: Matcher;
  readonly #addresses = new Map<number, Address | undefined>();
  #addressEpoch = 0;
  /** Steps so far: one for each value that is asked, and one for each 64 bytes of it. */
  steps = 0;

  constructor(matcher: Matcher) {
    this.#matcher = matcher;
  }

  clear(): void {
    this.#addressEpoch = 0;
  }

  /** Whether any of an atom's tests holds; remembered for the event. */
  ask(atom: number, tests: readonly CompiledTest[]): boolean {
    const { truth, epoch, index } = this.#matcher;
    const slot = index.atomSlot[atom] as number;
    let holds = false;
    for (let at = 0; at < tests.length && !holds; at += 1) {
      const test = tests[at] as CompiledTest;
      holds = (test.gate < 0 || this.#gateHolds(test.gate)) && this.#holds(test, slot);
    }
    truth[atom] = holds ? epoch + 1 : epoch;
    return holds;
  }

  #gateHolds(gate: number): boolean {
    const { truth, epoch, index } = this.#matcher;
    const stamp = truth[gate] as number;
    const tests = stamp === epoch || stamp === epoch + 1 ? undefined : index.atomTests[gate];
    return tests === undefined ? stamp === epoch + 1 : this.ask(gate, tests);
  }

  #holds(compiled: CompiledTest, slot: number): boolean {
    const { slotFilled, slotPresent, epoch, values } = this.#matcher;
    const { test } = compiled;
    if (test === undefined) return this.#anyValue(compiled, slot);
    switch (test.kind) {
      case 'null':
        return slotFilled[slot] !== epoch;
      case 'exists':
        return (slotPresent[slot] === epoch) === test.present;
      case 'text':
        return slot === KEYWORD_SLOT ? values.count > 0 : slotFilled[slot] === epoch;
      default:
        return this.#anyValue(compiled, slot);
    }
  }

  #anyValue(compiled: CompiledTest, slot: number): boolean {
    const { values, slotListed, slotLast, epoch } = this.#matcher;
    if (slot === KEYWORD_SLOT) {
      for (let value = 0; value < values.count; value += 1) {
        if (this.#valueHolds(compiled, value)) return true;
      }
      return false;
    }
    if (slotListed[slot] !== epoch) return false;
    for (
      let value = slotLast[slot] as number;
      value >= 0;
      value = values.previous[value] as number
    ) {
      if (this.#valueHolds(compiled, value)) return true;
    }
    return false;
  }

  #valueHolds({ test, entry, regex, other }: CompiledTest, value: number): boolean {
    const { values, scanner } = this.#matcher;
    values.decode(value);
    const bytes = (values.ends[value] as number) - (values.starts[value] as number);
    this.steps += 1 + (bytes >> STEP_SHIFT);
    if (test === undefined) return scanner.entryHolds(entry, value);
    switch (test.kind) {
      case 'regex':
        return regex !== undefined && this.#found(regex, value);
      case 'cidr': {
        const address = this.#address(value);
        return address !== undefined && inNetwork(address, test.network);
      }
      case 'compare': {
        const number = this.#isShort(value) ? numberOfText(values.text(value)) : undefined;
        return number !== undefined && compareNumbers(number, test.operator, test.value);
      }
      case 'time': {
        const part = this.#isShort(value)
          ? timePartOfText(values.text(value), test.part)
          : undefined;
        return part !== undefined && compareNumbers(part, test.operator, test.value);
      }
      case 'field':
        return this.#anyReference(test, value, other);
      default:
        return false;
    }
  }

  #found(regex: LazyRegex, value: number): boolean {
    const { values } = this.#matcher;
    if (values.isInLine(value)) {
      return regex.searchJson(
        values.bytesOf(value),
        values.starts[value] as number,
        values.ends[value] as number,
      );
    }
    const start = values.unitStart(value);
    return regex.search(values.raw, start, values.unitEnd(value));
  }

  /** Equal texts in ASCII have as many bytes, whatever the case of their letters. */
  #differInLength(value: number, other: number): boolean {
    const { values } = this.#matcher;
    if (!values.isAscii(value) || !values.isAscii(other)) return false;
    const { starts, ends } = values;
    const length = (ends[value] as number) - (starts[value] as number);
    return length !== (ends[other] as number) - (starts[other] as number);
  }

  #isShort(value: number): boolean {
    const { starts, ends } = this.#matcher.values;
    return (ends[value] as number) - (starts[value] as number) <= ADDRESS_UNITS_MAX;
  }

  /** A value's address is read once an event, however many networks ask. */
  #address(value: number): Address | undefined {
    const { epoch, values } = this.#matcher;
    if (this.#addressEpoch !== epoch) {
      this.#addressEpoch = epoch;
      this.#addresses.clear();
    }
    if (this.#addresses.has(value)) return this.#addresses.get(value);
    const address = this.#isShort(value) ? parseAddress(values.text(value)) : undefined;
    this.#addresses.set(value, address);
    return address;
  }

  #anyReference(test: Test & { kind: 'field' }, value: number, slot: number): boolean {
    const { values, slotListed, slotLast, epoch } = this.#matcher;
    if (slotListed[slot] !== epoch) return false;
    let text: string | undefined;
    for (
      let other = slotLast[slot] as number;
      other >= 0;
      other = values.previous[other] as number
    ) {
      values.decode(other);
      if (test.operator === 'equals' && this.#differInLength(value, other)) continue;
      text ??= values.text(value);
      if (referenceMatches(test, text, values.text(other))) return true;
    }
    return false;
  }
}
