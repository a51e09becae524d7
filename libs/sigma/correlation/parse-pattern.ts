import type { Alternative } from '@tocsin/correlation/engine/plan.ts';
import { type Condition, parseCondition } from '../condition/parse-condition.ts';
import { FaultSignal, type Place } from '../fault.ts';

/** Most ways in which an extended condition can be met. */
export const ALTERNATIVES_MAX = 256;

/**
 * Reads the text form of a temporal condition (`rule_a and (rule_b or not rule_c)`): every way in which it is met, with
 * the rules in the order in which it names them.
 *
 * @param inputOf the number of a rule by its reference @throws FaultSignal
 */
export function parsePattern(
  text: string,
  place: Place,
  inputOf: (reference: string) => number,
): readonly Alternative[] {
  const ways = alternatives(parseCondition(text, place), false, place, inputOf);
  if (ways.some(({ steps }) => steps.length === 0)) {
    const message =
      'the condition is met by what does not happen alone: name a rule that must match too';
    throw new FaultSignal('invalid_correlation', place, message);
  }
  return ways;
}

/** The rules a condition names, each once, in order. @throws FaultSignal */
export function namedRules(text: string, place: Place): readonly string[] {
  const found = new Set<string>();
  const visit = (condition: Condition): void => {
    if (condition.kind === 'identifier') found.add(condition.name);
    else if (condition.kind === 'not') visit(condition.part);
    else if (condition.kind !== 'of') condition.parts.forEach(visit);
  };
  visit(parseCondition(text, place));
  return [...found];
}

/** At least so many of the rules, in their order. */
export function inOrder(rules: number, least: number): readonly Alternative[] {
  let chosen: number[][] = [[]];
  for (let rule = 0; rule < rules; rule += 1) {
    chosen = chosen.flatMap((steps) =>
      steps.length < least ? [steps, [...steps, rule]] : [steps],
    );
    chosen = chosen.filter((steps) => steps.length + rules - rule - 1 >= least);
    if (chosen.length > ALTERNATIVES_MAX) return chosen.map(alternativeOf);
  }
  return chosen.map(alternativeOf);
}

function alternativeOf(steps: readonly number[]): Alternative {
  return { steps, absent: [] };
}

function alternatives(
  condition: Condition,
  negated: boolean,
  place: Place,
  inputOf: (reference: string) => number,
): readonly Alternative[] {
  if (condition.kind === 'not') return alternatives(condition.part, !negated, place, inputOf);
  if (condition.kind === 'identifier') {
    const input = inputOf(condition.name);
    return [negated ? { steps: [], absent: [input] } : { steps: [input], absent: [] }];
  }
  if (condition.kind === 'of') {
    throw new FaultSignal(
      'invalid_correlation',
      place,
      'name the rules one by one: there is no "of" here',
    );
  }
  const parts = condition.parts.map((part) => alternatives(part, negated, place, inputOf));
  const isAnd = (condition.kind === 'and') !== negated;
  const ways = isAnd ? parts.reduce((left, right) => joined(left, right, place)) : parts.flat();
  if (ways.length > ALTERNATIVES_MAX) throw tooMany(place);
  return ways;
}

function joined(
  left: readonly Alternative[],
  right: readonly Alternative[],
  place: Place,
): readonly Alternative[] {
  if (left.length * right.length > ALTERNATIVES_MAX) throw tooMany(place);
  return left.flatMap((one) =>
    right.map((other) => ({
      steps: [...one.steps, ...other.steps],
      absent: [...one.absent, ...other.absent],
    })),
  );
}

function tooMany(place: Place): FaultSignal {
  const message = `the condition can be met in more than ${ALTERNATIVES_MAX} ways: split it`;
  return new FaultSignal('invalid_correlation', place, message);
}
