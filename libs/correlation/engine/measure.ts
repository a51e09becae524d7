import { ExactSum } from './exact-sum.ts';
import { cameBy, type Member } from './member.ts';
import { PatternMeasure } from './pattern-measure.ts';
import type { MeasureSpec } from './plan.ts';
import { SortedNumbers } from './sorted-numbers.ts';

/** A value over the members of a window, which enter in order of time and leave in the same order. */
export interface Measure {
  add(member: Member): void;
  remove(member: Member): void;
  /**
   * The value of what is inside; undefined when nothing is and it has no value then.
   *
   * @param from exclusive start of the window
   */
  value(from: number): number | undefined;
  clear(): void;
}

/** Makes the measure of a plan; one for each group, or one that is cleared between groups. */
export function createMeasure(spec: MeasureSpec, inputs: number): Measure {
  switch (spec.kind) {
    case 'events':
      return new EventMeasure();
    case 'distinct':
      return new DistinctMeasure();
    case 'sum':
      return new SumMeasure(false);
    case 'average':
      return new SumMeasure(true);
    case 'median':
      return new RankMeasure(undefined);
    case 'percentile':
      return new RankMeasure(spec.percent);
    case 'inputs':
      return new InputMeasure(inputs);
    case 'pattern':
      return new PatternMeasure(spec, inputs);
  }
}

class EventMeasure implements Measure {
  #count = 0;
  add(): void {
    this.#count += 1;
  }
  remove(): void {
    this.#count -= 1;
  }
  value(): number {
    return this.#count;
  }
  clear(): void {
    this.#count = 0;
  }
}

class DistinctMeasure implements Measure {
  readonly #counts = new Map<string, number>();
  add({ text = '' }: Member): void {
    this.#counts.set(text, (this.#counts.get(text) ?? 0) + 1);
  }
  remove({ text = '' }: Member): void {
    const count = this.#counts.get(text) ?? 0;
    if (count <= 1) this.#counts.delete(text);
    else this.#counts.set(text, count - 1);
  }
  value(): number {
    return this.#counts.size;
  }
  clear(): void {
    this.#counts.clear();
  }
}

class SumMeasure implements Measure {
  readonly #sum = new ExactSum();
  readonly #isAverage: boolean;
  #count = 0;

  constructor(isAverage: boolean) {
    this.#isAverage = isAverage;
  }

  add({ number }: Member): void {
    this.#sum.add(number);
    this.#count += 1;
  }
  remove({ number }: Member): void {
    this.#sum.add(-number);
    this.#count -= 1;
  }
  value(): number | undefined {
    if (!this.#isAverage) return this.#sum.value;
    return this.#count === 0 ? undefined : this.#sum.value / this.#count;
  }
  clear(): void {
    this.#sum.clear();
    this.#count = 0;
  }
}

class RankMeasure implements Measure {
  readonly #numbers = new SortedNumbers();
  readonly #percent: number | undefined;

  constructor(percent: number | undefined) {
    this.#percent = percent;
  }

  add({ number }: Member): void {
    this.#numbers.add(number);
  }
  remove({ number }: Member): void {
    this.#numbers.remove(number);
  }
  value(): number | undefined {
    return this.#percent === undefined
      ? this.#numbers.median()
      : this.#numbers.percentile(this.#percent);
  }
  clear(): void {
    this.#numbers.clear();
  }
}

class InputMeasure implements Measure {
  readonly #counts: number[];
  #present = 0;

  constructor(inputs: number) {
    this.#counts = new Array<number>(inputs).fill(0);
  }

  add(member: Member): void {
    this.#move(member, 1);
  }
  remove(member: Member): void {
    this.#move(member, -1);
  }
  #move(member: Member, by: 1 | -1): void {
    for (let input = 0; input < this.#counts.length; input += 1) {
      if (!cameBy(member, input)) continue;
      const count = (this.#counts[input] as number) + by;
      this.#counts[input] = count;
      if (by === 1 && count === 1) this.#present += 1;
      else if (by === -1 && count === 0) this.#present -= 1;
    }
  }
  value(): number {
    return this.#present;
  }
  clear(): void {
    this.#counts.fill(0);
    this.#present = 0;
  }
}
