import { cameBy, type Member } from './member.ts';
import type { Alternative, MeasureSpec } from './plan.ts';

/**
 * Says whether one of several patterns is met by what is in the window: 1 or 0.
 *
 * Ordered steps are followed by remembering for each step the latest time at which a chain up to it began: one pass,
 * nothing is searched again. A chain is in the window when it began in it. One member may stand for steps that follow
 * one another as long as they are different inputs.
 */
export class PatternMeasure {
  readonly #ordered: boolean;
  readonly #alternatives: readonly Alternative[];
  readonly #present: number[];
  /** By alternative and step. */
  readonly #began: number[][];

  constructor(spec: MeasureSpec & { kind: 'pattern' }, inputs: number) {
    this.#ordered = spec.ordered;
    this.#alternatives = spec.alternatives;
    this.#present = new Array<number>(inputs).fill(0);
    this.#began = spec.alternatives.map(({ steps }) => steps.map(() => Number.NEGATIVE_INFINITY));
  }

  add(member: Member): void {
    this.#count(member, 1);
    if (!this.#ordered) return;
    for (const [index, { steps }] of this.#alternatives.entries()) {
      extendChains(steps, this.#began[index] ?? [], member);
    }
  }

  remove(member: Member): void {
    this.#count(member, -1);
  }

  value(from: number): number {
    return this.#alternatives.some((alternative, index) => this.#isMet(alternative, index, from))
      ? 1
      : 0;
  }

  clear(): void {
    this.#present.fill(0);
    for (const chain of this.#began) chain.fill(Number.NEGATIVE_INFINITY);
  }

  #isMet({ steps, absent }: Alternative, index: number, from: number): boolean {
    if (absent.some((input) => (this.#present[input] ?? 0) > 0)) return false;
    if (!this.#ordered) return steps.every((input) => (this.#present[input] ?? 0) > 0);
    return (this.#began[index]?.at(-1) ?? Number.NEGATIVE_INFINITY) > from;
  }

  #count(member: Member, by: number): void {
    for (let input = 0; input < this.#present.length; input += 1) {
      if (cameBy(member, input)) this.#present[input] = (this.#present[input] as number) + by;
    }
  }
}

/** From the last step on, so that what a member reaches now is not taken for what was reached before it. */
function extendChains(steps: readonly number[], began: number[], member: Member): void {
  for (let first = steps.length - 1; first >= 0; first -= 1) {
    const start = first === 0 ? member.at : (began[first - 1] as number);
    if (start === Number.NEGATIVE_INFINITY) continue;
    for (let step = first; step < steps.length; step += 1) {
      const input = steps[step] as number;
      if (!cameBy(member, input) || steps.indexOf(input, first) < step) break;
      began[step] = Math.max(began[step] as number, start);
    }
  }
}
