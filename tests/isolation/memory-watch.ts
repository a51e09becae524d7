import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const MIB = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Looks at what the process keeps, after a collection of what it does not. */
export class MemoryWatch {
  readonly #seen: number[] = [];

  /** Notes what is kept now. */
  look(): void {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    this.#seen.push((heapUsed + external) / MIB);
  }

  /** How much more is kept at the last look than at the first, in MiB. */
  get grownMib(): number {
    return (this.#seen.at(-1) ?? 0) - (this.#seen[0] ?? 0);
  }

  /** For people: what was kept at each look, and what the process has of the machine. */
  print(name: string): void {
    const kept = this.#seen.map((mib) => mib.toFixed(0)).join(', ');
    const rss = (process.memoryUsage().rss / MIB).toFixed(0);
    process.stdout.write(`${name}: kept ${kept} MiB; resident ${rss} MiB\n`);
  }
}
