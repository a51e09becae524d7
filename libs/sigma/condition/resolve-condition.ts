import { FaultSignal, type Place } from '../fault.ts';
import type { Expression } from '../rule/rule.ts';
import type { Condition } from './parse-condition.ts';

/** Most nodes one condition becomes, patterns expanded: the public corpus stays below 100. */
export const CONDITION_NODES_MAX = 10_000;

/**
 * Puts search identifiers in the place of their names. `them` and patterns leave out identifiers that begin with `_`,
 * unless the pattern does too.
 *
 * @throws FaultSignal `unknown_identifier` for a name that is not defined, or a pattern that selects none
 */
export function resolveCondition(
  condition: Condition,
  identifiers: ReadonlyMap<string, Expression>,
  place: Place,
): Expression {
  return new Resolver(identifiers, place).resolve(condition);
}

class Resolver {
  readonly #identifiers: ReadonlyMap<string, Expression>;
  readonly #place: Place;
  #nodes = 0;

  constructor(identifiers: ReadonlyMap<string, Expression>, place: Place) {
    this.#identifiers = identifiers;
    this.#place = place;
  }

  resolve(condition: Condition): Expression {
    this.#nodes += 1;
    if (this.#nodes > CONDITION_NODES_MAX) {
      const message = `the condition has more than ${CONDITION_NODES_MAX} parts`;
      throw new FaultSignal('condition_too_deep', this.#place, message);
    }
    if (condition.kind === 'not') return { kind: 'not', part: this.resolve(condition.part) };
    if (condition.kind === 'identifier') return this.#named(condition.name);
    if (condition.kind === 'of') return this.#of(condition.quantifier, condition.pattern);
    return { kind: condition.kind, parts: condition.parts.map((part) => this.resolve(part)) };
  }

  #named(name: string): Expression {
    const part = this.#identifiers.get(name);
    if (part !== undefined) return { kind: 'named', name, part };
    const known = [...this.#identifiers.keys()].slice(0, 10).join(', ');
    const message = `the condition names ${JSON.stringify(name)}, which is not defined; defined: ${known}`;
    throw new FaultSignal('unknown_identifier', this.#place, message);
  }

  #of(quantifier: 'any' | 'all', pattern: string): Expression {
    const names = [...this.#identifiers.keys()].filter((name) => selects(pattern, name));
    this.#nodes += names.length;
    if (names.length === 0) {
      const message = `${JSON.stringify(pattern)} selects no search identifier`;
      throw new FaultSignal('unknown_identifier', this.#place, message);
    }
    const parts = names.map((name) => this.#named(name));
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return only;
    return { kind: quantifier === 'any' ? 'or' : 'and', parts };
  }
}

function selects(pattern: string, name: string): boolean {
  if (name.startsWith('_') && !pattern.startsWith('_')) return false;
  if (pattern === 'them') return true;
  return fitsStars(pattern.split('*'), name);
}

function fitsStars(pieces: readonly string[], name: string): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return first === name;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= name.length - last.length;
}
