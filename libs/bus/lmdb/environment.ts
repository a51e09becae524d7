import { type Key, open, type RootDatabase } from 'lmdb';

/** An LMDB file whose values are bytes. */
export type Environment = RootDatabase<Buffer, Key>;

/**
 * Opens an LMDB file so that a resolved write survives a power cut.
 * `overlappingSync: false` is what makes that true (measured: the library's default lost whole files, ADR of the bus).
 *
 * @param mapBytes address space to reserve; the library enlarges it when needed
 */
export function openEnvironment(path: string, mapBytes: number): Environment {
  return open<Buffer, Key>({
    path,
    noSubdir: true,
    overlappingSync: false,
    encoding: 'binary',
    cache: false,
    compression: false,
    mapSize: mapBytes,
  });
}

/** Runs all puts and removes of `write` in one transaction. Resolves when it is durable. */
export async function commitBatch(environment: Environment, write: () => void): Promise<void> {
  try {
    const done = await environment.batch(write);
    if (done !== true) throw new Error('the LMDB transaction was not applied');
  } catch (error) {
    throw await causeOf(error);
  }
}

/** Bytes of the file that hold pages. */
export function bytesInUse(environment: Environment): number {
  const stats: { pageSize?: number; lastPageNumber?: number; root?: { lastPageNumber?: number } } =
    environment.getStats();
  const pages = stats.root?.lastPageNumber ?? stats.lastPageNumber ?? 0;
  return pages * (stats.pageSize ?? 4096);
}

/** Records of the file, as it says. */
export function entriesIn(environment: Environment): number {
  const stats: { entryCount?: number } = environment.getStats();
  return stats.entryCount ?? 0;
}

/** LMDB rejects with a bare error that carries a promise of the cause. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error;
  try {
    await error.commitError;
  } catch (cause) {
    return new Error(error.message, { cause });
  }
  return error;
}
