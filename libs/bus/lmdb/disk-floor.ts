import { statfs } from 'node:fs/promises';
import type { Topic } from '@tocsin/contracts/topic.ts';
import type { Clock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { type BusCounters, isIntake } from './limits.ts';

/** Size of the disk that holds a folder, in bytes. */
export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Asks the operating system how full a disk is. */
export type ReadDiskSpace = (folder: string) => Promise<DiskSpace>;

/** What an ordinary user may still write. */
export const readDiskSpace: ReadDiskSpace = async (folder) => {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
};

/** An answer of the operating system is believed this long. */
const FRESH_MS = 1000;

/** Refuses new frames while less than a floor of the disk is free. */
export class DiskFloor {
  readonly #folder: string;
  readonly #freeMin: number;
  readonly #clock: Clock;
  readonly #counters: BusCounters;
  readonly #read: ReadDiskSpace;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #freePart = 1;
  #refreshing: Promise<void> | undefined;

  constructor(
    folder: string,
    freeMin: number,
    clock: Clock,
    counters: BusCounters,
    read: ReadDiskSpace,
  ) {
    this.#folder = folder;
    this.#freeMin = freeMin;
    this.#clock = clock;
    this.#counters = counters;
    this.#read = read;
  }

  /** Says whether less than the floor was free at the last look. */
  get low(): boolean {
    return this.#freePart < this.#freeMin;
  }

  /**
   * Half of the floor is kept for what the stages publish: without it they could not finish what came before,
   * and the frames they have read could never be unlinked.
   *
   * @throws Problem `storage_full` below the floor
   */
  async check(topics: readonly Topic[]): Promise<void> {
    if (this.#clock.monotonic() - this.#checkedAt >= FRESH_MS) await this.refresh();
    const floor = topics.some(isIntake) ? this.#freeMin : this.#freeMin / 2;
    if (this.#freePart >= floor) return;
    this.#counters.refusedDiskFull += 1;
    throw new Problem('storage_full', {
      detail: `less than ${floor * 100} % of the disk is free: free some space`,
      retryAfterSeconds: 30,
    });
  }

  /** Looks at the disk now; concurrent callers share one look. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#look().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #look(): Promise<void> {
    const { freeBytes, totalBytes } = await this.#read(this.#folder);
    this.#freePart = freeBytes / totalBytes;
    this.#checkedAt = this.#clock.monotonic();
  }
}
