import type { Expression, Item } from '../rule/rule.ts';

/** Where a program ends: the rule matches, or does not. */
export const MATCHES = -1;
export const MATCHES_NOT = -2;

/** What the order of questions needs to know of atoms. */
export interface AtomCosts {
  atomOf(item: Item): number;
  /** Whether an automaton has decided it already. */
  isDecided(atom: number): boolean;
  rateOf(atom: number): number;
}

/** The conditions of all rules as one list of triples: atom, where to go when true, where when false. */
export class BranchProgram {
  readonly #code: number[] = [];
  readonly #costs: AtomCosts;

  constructor(costs: AtomCosts) {
    this.#costs = costs;
  }

  /** Adds a rule; gives its entry. */
  add(expression: Expression): number {
    return this.#emit(expression, MATCHES, MATCHES_NOT);
  }

  /** Numbers so far. */
  get length(): number {
    return this.#code.length;
  }

  get code(): Int32Array {
    return Int32Array.from(this.#code);
  }

  #emit(expression: Expression, whenTrue: number, whenFalse: number): number {
    switch (expression.kind) {
      case 'item':
        this.#code.push(this.#costs.atomOf(expression.item), whenTrue, whenFalse);
        return this.#code.length - 3;
      case 'named':
        return this.#emit(expression.part, whenTrue, whenFalse);
      case 'not':
        return this.#emit(expression.part, whenFalse, whenTrue);
      case 'and':
        return this.#ordered(expression.parts, 1).reduceRight(
          (next, part) => this.#emit(part, next, whenFalse),
          whenTrue,
        );
      case 'or':
        return this.#ordered(expression.parts, -1).reduceRight(
          (next, part) => this.#emit(part, whenTrue, next),
          whenFalse,
        );
    }
  }

  /** Decided before costly; then what most likely ends it. */
  #ordered(parts: readonly Expression[], sign: 1 | -1): readonly Expression[] {
    const rated = parts.map((part) => ({ part, estimate: this.#estimate(part) }));
    rated.sort(
      (a, b) => a.estimate.cost - b.estimate.cost || sign * (a.estimate.rate - b.estimate.rate),
    );
    return rated.map(({ part }) => part);
  }

  #estimate(expression: Expression): { cost: number; rate: number } {
    if (expression.kind === 'item') {
      const atom = this.#costs.atomOf(expression.item);
      return { cost: this.#costs.isDecided(atom) ? 0 : 1, rate: this.#costs.rateOf(atom) };
    }
    if (expression.kind === 'named') return this.#estimate(expression.part);
    if (expression.kind === 'not') {
      const { cost, rate } = this.#estimate(expression.part);
      return { cost, rate: 1 - rate };
    }
    const parts = expression.parts.map((part) => this.#estimate(part));
    const cost = Math.max(...parts.map((part) => part.cost));
    const rates = parts.map(({ rate }) => rate);
    return { cost, rate: expression.kind === 'and' ? Math.min(...rates) : Math.max(...rates) };
  }
}
