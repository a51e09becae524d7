import type { Expression, Item } from '../rule/rule.ts';

/** A set of atoms of which at least one is true whenever a rule matches. */
export interface Witness {
  readonly atoms: readonly number[];
  /** How often one of them is expected to be true. */
  readonly rate: number;
}

/** What the choice needs to know of atoms. */
export interface WitnessSource {
  witnessOf(item: Item): Witness | undefined;
}

/** The rarest necessary set of an expression; undefined when nothing need be true: the rule is then always asked. */
export function chooseWitness(
  expression: Expression,
  source: WitnessSource,
  negated = false,
): Witness | undefined {
  switch (expression.kind) {
    case 'item':
      return negated ? undefined : source.witnessOf(expression.item);
    case 'named':
      return chooseWitness(expression.part, source, negated);
    case 'not':
      return chooseWitness(expression.part, source, !negated);
    default: {
      const witnesses = expression.parts.map((part) => chooseWitness(part, source, negated));
      return (expression.kind === 'and') !== negated ? rarest(witnesses) : allOf(witnesses);
    }
  }
}

function rarest(witnesses: readonly (Witness | undefined)[]): Witness | undefined {
  let best: Witness | undefined;
  for (const witness of witnesses) {
    if (witness !== undefined && (best === undefined || witness.rate < best.rate)) best = witness;
  }
  return best;
}

function allOf(witnesses: readonly (Witness | undefined)[]): Witness | undefined {
  const atoms = new Set<number>();
  let rate = 0;
  for (const witness of witnesses) {
    if (witness === undefined) return undefined;
    for (const atom of witness.atoms) atoms.add(atom);
    rate += witness.rate;
  }
  return { atoms: [...atoms], rate };
}
