import { Problem } from '@tocsin/kernel/problem.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { decodeCheckpoint, type WindowCheckpoint } from './checkpoint-codec.ts';

/** Checkpoints kept: the newest, and the one before it in case the newest turns out to be damaged. */
const KEPT = 2;
const NAME = /^windows-(\d{12})\.checkpoint$/;
const TEMPORARY = '.writing';

/** What a folder had at open. */
export interface FoundCheckpoint {
  readonly checkpoint: WindowCheckpoint | undefined;
  /** True when the newest file was absent or unusable. */
  readonly lost: boolean;
}

/** The files of checkpoints in one folder: numbered, written aside, renamed in place, two kept. */
export class CheckpointFolder {
  readonly #world: World;
  readonly #folder: string;
  #last = 0;

  constructor(world: World, folder: string) {
    this.#world = world;
    this.#folder = folder;
  }

  /** Finds the newest usable checkpoint and removes what an interrupted write left. */
  async open(): Promise<FoundCheckpoint> {
    const { disk } = this.#world;
    await disk.makeFolder(this.#folder);
    const names = await disk.list(this.#folder);
    for (const name of names.filter((other) => other.endsWith(TEMPORARY))) {
      await disk.remove(this.#path(name));
    }
    const numbers = checkpointNumbers(names);
    this.#last = numbers[0] ?? 0;
    for (const number of numbers) {
      const checkpoint = decodeCheckpoint(await disk.read(this.#path(fileName(number))));
      if (checkpoint !== undefined) return { checkpoint, lost: number !== this.#last };
    }
    return { checkpoint: undefined, lost: true };
  }

  /**
   * Makes one more checkpoint durable; then drops all but the newest two.
   *
   * @throws Problem `storage_full` when there was no room: nothing has changed, and it may be tried again
   */
  async write(bytes: Buffer): Promise<void> {
    const { disk, failpoint } = this.#world;
    const number = this.#last + 1;
    const path = this.#path(fileName(number));
    // A name is never used twice: what an earlier failed write left there is not touched.
    this.#last = number;
    await this.#writeAside(path + TEMPORARY, bytes);
    failpoint('checkpoint.before-rename');
    await disk.rename(path + TEMPORARY, path);
    failpoint('checkpoint.after-rename');
    const names = await disk.list(this.#folder);
    for (const old of checkpointNumbers(names).slice(KEPT)) {
      await disk.remove(this.#path(fileName(old)));
    }
  }

  async #writeAside(path: string, bytes: Buffer): Promise<void> {
    try {
      await this.#world.disk.writeNew(path, bytes);
    } catch (error) {
      if (!isFull(error)) throw error;
      await this.#world.disk.remove(path);
      throw new Problem('storage_full', {
        detail: 'there is no room for a checkpoint of the windows; free some space',
        cause: error,
      });
    }
  }

  #path(name: string): string {
    return `${this.#folder}/${name}`;
  }
}

function fileName(number: number): string {
  return `windows-${String(number).padStart(12, '0')}.checkpoint`;
}

/** Numbers of the checkpoint files among some names, newest first. */
function checkpointNumbers(names: readonly string[]): number[] {
  return names
    .map((name) => Number(NAME.exec(name)?.[1] ?? Number.NaN))
    .filter((number) => !Number.isNaN(number))
    .sort((a, b) => b - a);
}

function isFull(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOSPC' || error.code === 'EDQUOT')
  );
}
