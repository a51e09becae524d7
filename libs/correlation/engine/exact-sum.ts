/** Largest value that is added up: sums of a million of them stay finite. */
export const SUMMAND_MAX = 1e300;

/**
 * A sum of numbers that come and go, without drift: it is held exactly, as parts that do not overlap (Shewchuk,
 * *Adaptive Precision Floating-Point Arithmetic*, 1997). A number is taken away by adding its negative.
 */
export class ExactSum {
  #parts: number[] = [];

  add(summand: number): void {
    let kept = 0;
    let carry = summand;
    for (const part of this.#parts) {
      const [large, small] = Math.abs(carry) < Math.abs(part) ? [part, carry] : [carry, part];
      const sum = large + small;
      const lost = small - (sum - large);
      if (lost !== 0) {
        this.#parts[kept] = lost;
        kept += 1;
      }
      carry = sum;
    }
    this.#parts.length = kept;
    if (carry !== 0) this.#parts.push(carry);
  }

  /** The double next to the exact sum. */
  get value(): number {
    const parts = this.#parts;
    let at = parts.length - 1;
    let high = parts[at] ?? 0;
    let low = 0;
    while (at > 0 && low === 0) {
      at -= 1;
      const part = parts[at] ?? 0;
      const sum = high + part;
      low = part - (sum - high);
      high = sum;
    }
    const next = parts[at - 1];
    if (low !== 0 && next !== undefined && low < 0 === next < 0) {
      const doubled = low * 2;
      const rounded = high + doubled;
      if (doubled === rounded - high) return rounded;
    }
    return high;
  }

  clear(): void {
    this.#parts = [];
  }
}
