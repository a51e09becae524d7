import { type Disk, isAbsent, replaceFile } from '@tocsin/kernel/disk.ts';
import type { HungItem } from './progress.ts';

/** An item is set aside when the thread has hung on it so often: once may be the machine's fault. */
export const HANGS_MAX = 2;
/** Most items remembered; the oldest are forgotten first. */
const ITEMS_MAX = 1_000;

interface Remembered extends HungItem {
  readonly hangs: number;
}

/**
 * The items of frames on which the pipeline's thread hung, kept over restarts: without it a frame that hangs would come
 * again for ever. One file, replaced whole. A file that cannot be read is as none: the thread hangs again and it is written anew.
 */
export class HungItems {
  readonly #disk: Disk;
  readonly #path: string;
  #items: readonly Remembered[];

  private constructor(disk: Disk, path: string, items: readonly Remembered[]) {
    this.#disk = disk;
    this.#path = path;
    this.#items = items;
  }

  static async open(disk: Disk, path: string): Promise<HungItems> {
    return new HungItems(disk, path, await readItems(disk, path));
  }

  /** Those that are not looked at any more. */
  get setAside(): readonly HungItem[] {
    return this.#items.filter(({ hangs }) => hangs >= HANGS_MAX);
  }

  /** Remembers that the thread hung on an item, durable when it resolves. */
  async note({ frameId, ordinal }: HungItem): Promise<void> {
    const isSame = (one: HungItem): boolean => one.frameId === frameId && one.ordinal === ordinal;
    const hangs = (this.#items.find(isSame)?.hangs ?? 0) + 1;
    const others = this.#items.filter((one) => !isSame(one)).slice(1 - ITEMS_MAX);
    this.#items = [...others, { frameId, ordinal, hangs }];
    await replaceFile(this.#disk, this.#path, Buffer.from(JSON.stringify(this.#items)));
  }
}

async function readItems(disk: Disk, path: string): Promise<readonly Remembered[]> {
  try {
    const items: unknown = JSON.parse((await disk.read(path)).toString('utf8'));
    return Array.isArray(items) ? items.filter(isRemembered) : [];
  } catch (error) {
    if (isAbsent(error) || error instanceof SyntaxError) return [];
    throw error;
  }
}

function isRemembered(item: unknown): item is Remembered {
  const { frameId, ordinal, hangs } = Object(item) as Record<string, unknown>;
  return typeof frameId === 'string' && Number.isInteger(ordinal) && Number.isInteger(hangs);
}
