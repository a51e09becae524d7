import type { Key } from 'lmdb';
import { commitBatch, type Environment, openEnvironment } from './environment.ts';
import type { FatalLatch } from './fatal-latch.ts';
import { closedProblem, GroupCommit } from './group-commit.ts';

/** Address space for cursors, leases, attempts and dead letters. */
const MAP_BYTES = 256 * 1024 * 1024;

/** Key of a meta record: its kind, then what it is about. */
export type MetaKey = readonly [string, ...(string | number)[]];

/** Puts and removes of one atomic change. Runs inside the transaction, must not wait. */
export type MetaChange = (records: MetaRecords) => void;

export interface MetaRecords {
  /** A record as it will be: what changes of the same commit did before is not on disk yet, but seen here. */
  get(key: MetaKey): Buffer | undefined;
  put(key: MetaKey, value: Buffer): void;
  putJson(key: MetaKey, value: unknown): void;
  remove(key: MetaKey): void;
}

/** All state of the bus that is not frames: one LMDB file, changes that wait together share a commit. */
export class MetaStore {
  readonly #environment: Environment;
  readonly #commits: GroupCommit<MetaChange>;
  #closed = false;

  constructor(path: string, latch: FatalLatch) {
    this.#environment = openEnvironment(path, MAP_BYTES);
    this.#commits = new GroupCommit(latch, (changes) =>
      commitBatch(this.#environment, () => {
        const records = new PendingRecords(this.#environment);
        for (const change of changes) change(records);
      }),
    );
  }

  /** Resolves when the change is durable. */
  change(change: MetaChange): Promise<void> {
    return this.#commits.add(change, 1024);
  }

  /** @throws Problem `unavailable` after `close`, as {@link MetaStore.list} does */
  get(key: MetaKey): Buffer | undefined {
    this.#checkOpen();
    return this.#environment.getBinary([...key]);
  }

  /** Records whose keys begin with `prefix`, in key order, after `after` when given. */
  *list(prefix: MetaKey, after?: MetaKey): Generator<{ key: (string | number)[]; value: Buffer }> {
    this.#checkOpen();
    const start: Key = [...(after ?? prefix)];
    for (const { key, value } of this.#environment.getRange({ start })) {
      if (!hasPrefix(key, prefix)) return;
      if (after === undefined || !isSame(key, after)) yield { key, value };
    }
  }

  async close(): Promise<void> {
    await this.#commits.close();
    this.#closed = true;
    await this.#environment.close();
  }

  /** A look into a closed file would end the process a moment later: LMDB cannot end that read. */
  #checkOpen(): void {
    if (this.#closed) throw closedProblem();
  }
}

/** The records of one commit: its puts and removes go to the file when all its changes have run. */
class PendingRecords implements MetaRecords {
  readonly #environment: Environment;
  readonly #changed = new Map<string, Buffer | undefined>();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  get(key: MetaKey): Buffer | undefined {
    const text = JSON.stringify(key);
    return this.#changed.has(text)
      ? this.#changed.get(text)
      : this.#environment.getBinary([...key]);
  }

  put(key: MetaKey, value: Buffer): void {
    this.#changed.set(JSON.stringify(key), value);
    void this.#environment.put([...key], value);
  }

  putJson(key: MetaKey, value: unknown): void {
    this.put(key, Buffer.from(JSON.stringify(value)));
  }

  remove(key: MetaKey): void {
    this.#changed.set(JSON.stringify(key), undefined);
    void this.#environment.remove([...key]);
  }
}

/** Reads what `putJson` wrote. Our own bytes: not checked again. */
export function parseJson<T>(value: Buffer): T {
  return JSON.parse(value.toString('utf8')) as T;
}

function hasPrefix(key: unknown, prefix: MetaKey): key is (string | number)[] {
  return Array.isArray(key) && prefix.every((part, index) => key[index] === part);
}

function isSame(key: readonly (string | number)[], other: MetaKey): boolean {
  return key.length === other.length && other.every((part, index) => key[index] === part);
}
