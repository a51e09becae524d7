import { Problem } from '@tocsin/kernel/problem.ts';
import type { Key } from 'lmdb';
import { commitBatch, type Environment, openEnvironment } from './environment.ts';
import type { FatalLatch } from './fatal-latch.ts';
import { closedProblem, GroupCommit } from './group-commit.ts';
import { seal, unseal } from './sealed-record.ts';

/** Address space for cursors, leases, attempts and dead letters. */
const MAP_BYTES = 256 * 1024 * 1024;

/** Key of a meta record: its kind, then what it is about. */
export type MetaKey = readonly [string, ...(string | number)[]];

/** Puts and removes of one atomic change. Runs inside the transaction, must not wait. */
export type MetaChange = (records: MetaRecords) => void;

export interface MetaRecords {
  /** Whether there will be a record: what changes of the same commit did before is not on disk yet, but seen here. */
  has(key: MetaKey): boolean;
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

  /**
   * @throws Problem `unavailable` after `close`; `stored_data_damaged` when the record is not what was written. So does
   * {@link MetaStore.list}.
   */
  get(key: MetaKey): Buffer | undefined {
    this.#checkOpen();
    const sealed = this.#environment.getBinary([...key]);
    return sealed === undefined ? undefined : wholeValue(key, sealed);
  }

  /** Records whose keys begin with `prefix`, in key order, after `after` when given. */
  *list(prefix: MetaKey, after?: MetaKey): Generator<{ key: MetaKey; value: Buffer }> {
    for (const { key, sealed } of this.#range(prefix, after))
      yield { key, value: wholeValue(key, sealed) };
  }

  /** As {@link MetaStore.list}, without reading the values. */
  *keys(prefix: MetaKey): Generator<MetaKey> {
    for (const { key } of this.#range(prefix)) yield key;
  }

  /** Every record, and which of them are not what was written: those have no value. */
  *all(): Generator<{ key: MetaKey; value: Buffer | undefined }> {
    for (const { key, value } of this.#environment.getRange({})) {
      const parts = (Array.isArray(key) ? key : [key]) as unknown as MetaKey;
      yield { key: parts, value: unseal(parts, value) };
    }
  }

  *#range(prefix: MetaKey, after?: MetaKey): Generator<{ key: MetaKey; sealed: Buffer }> {
    this.#checkOpen();
    const start: Key = [...(after ?? prefix)];
    for (const { key, value } of this.#environment.getRange({ start })) {
      if (!hasPrefix(key, prefix)) return;
      if (after === undefined || !isSame(key, after)) yield { key, sealed: value };
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
  readonly #changed = new Map<string, boolean>();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  has(key: MetaKey): boolean {
    return this.#changed.get(JSON.stringify(key)) ?? this.#environment.doesExist([...key]);
  }

  put(key: MetaKey, value: Buffer): void {
    this.#changed.set(JSON.stringify(key), true);
    void this.#environment.put([...key], seal(key, value));
  }

  putJson(key: MetaKey, value: unknown): void {
    this.put(key, Buffer.from(JSON.stringify(value)));
  }

  remove(key: MetaKey): void {
    this.#changed.set(JSON.stringify(key), false);
    void this.#environment.remove([...key]);
  }
}

/** Reads what `putJson` wrote. Our own bytes: not checked again. */
export function parseJson<T>(value: Buffer): T {
  return JSON.parse(value.toString('utf8')) as T;
}

function wholeValue(key: MetaKey, sealed: Buffer): Buffer {
  const value = unseal(key, sealed);
  if (value !== undefined) return value;
  throw new Problem('stored_data_damaged', {
    detail: `the record ${key.join('/')} in data/bus/meta.lmdb is damaged: the next start sets it aside`,
  });
}

function hasPrefix(key: unknown, prefix: MetaKey): key is MetaKey {
  return Array.isArray(key) && prefix.every((part, index) => key[index] === part);
}

function isSame(key: MetaKey, other: MetaKey): boolean {
  return key.length === other.length && other.every((part, index) => key[index] === part);
}
