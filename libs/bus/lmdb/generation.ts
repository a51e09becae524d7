import type { Topic } from '@tocsin/contracts/topic.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import {
  bytesInUse,
  commitBatch,
  type Environment,
  entriesIn,
  openEnvironment,
} from './environment.ts';
import { closedProblem } from './group-commit.ts';
import type { Source } from './source.ts';

/** Where the creation time of a generation is kept: sorts behind every topic. */
const CREATED_KEY = ['~created'];
const SEQ_MAX = Number.MAX_SAFE_INTEGER;

/** What one generation holds of a source. */
export interface FoundSource {
  readonly topic: Topic;
  readonly shard: number;
  readonly tenantId: TenantId;
  readonly first: number;
  readonly last: number;
}

/**
 * One LMDB file of frames; the oldest are unlinked whole.
 * Key of a head is [topic, shard, tenant, seq]; of its body the same with a 1 behind.
 *
 * LMDB maps the file, and each page that was looked at stays in the process's memory as long as it is mapped:
 * {@link Generation.rest} lets go of it.
 */
export class Generation {
  readonly number: number;
  readonly path: string;
  readonly #mapBytes: number;
  /** Undefined while it rests. */
  #environment: Environment | undefined;
  /** Ends when what was let go of is closed. */
  #closing: Promise<unknown> = Promise.resolve();
  #appends = 0;
  #shouldRest = false;
  #closed = false;
  /** Milliseconds since 1970 of its first frame; `undefined` while it is empty. */
  createdAt: number | undefined;
  /** Bytes of records in it, as far as this process knows: the size of the file at open, then what was added. */
  bytes: number;

  constructor(path: string, number: number, mapBytes: number) {
    this.number = number;
    this.path = path;
    this.#mapBytes = mapBytes;
    this.bytes = bytesInUse(this.#opened());
    this.createdAt = this.#readCreatedAt();
  }

  /** Whether its file is mapped. */
  get isOpen(): boolean {
    return this.#environment !== undefined;
  }

  /** Takes the file out of memory until it is read again: now, or when the append that is under way has ended. */
  rest(): void {
    this.#shouldRest = this.#appends > 0;
    if (this.#shouldRest || this.#environment === undefined) return;
    const closed = this.#environment.close();
    this.#environment = undefined;
    this.#closing = Promise.all([this.#closing, closed]);
  }

  /** Records that the file says it has. */
  get entries(): number {
    return entriesIn(this.#opened());
  }

  /** Appends records in one transaction, all or none. `at` is kept with the first. */
  async append(records: readonly AppendedRecord[], at: number): Promise<void> {
    this.#appends += 1;
    try {
      await this.#put(records, at);
    } finally {
      this.#appends -= 1;
      if (this.#shouldRest) this.rest();
    }
    this.createdAt ??= at;
    for (const { head, body } of records) this.bytes += head.length + body.length;
  }

  async #put(records: readonly AppendedRecord[], at: number): Promise<void> {
    const environment = this.#opened();
    await commitBatch(environment, () => {
      if (this.createdAt === undefined) void environment.put(CREATED_KEY, Buffer.from(String(at)));
      for (const { source, seq, head, body } of records) {
        void environment.put(headKey(source, seq), head);
        void environment.put(bodyKey(source, seq), body);
      }
    });
  }

  /** Copies of a record's two parts, or `undefined` when this generation does not have it. */
  read(source: Source, seq: number): StoredRecord | undefined {
    const head = this.readHead(source, seq);
    const body = this.#opened().getBinary(bodyKey(source, seq));
    return head === undefined || body === undefined ? undefined : { head, body };
  }

  readHead(source: Source, seq: number): Buffer | undefined {
    return this.#opened().getBinary(headKey(source, seq));
  }

  /** The sources of the file and their first and last frame: two seeks a source, whatever its size. */
  *sources(): Generator<FoundSource> {
    let start: (string | number)[] | undefined;
    for (;;) {
      const environment = this.#opened();
      const [key] = environment.getKeys({ ...(start ? { start } : {}), limit: 1 });
      const first = parseKey(key);
      if (first === undefined) return;
      const { topic, shard, tenantId, seq } = first;
      start = [topic, shard, tenantId, SEQ_MAX];
      const [lastKey] = environment.getKeys({
        start,
        end: [topic, shard, tenantId, 0],
        reverse: true,
        limit: 1,
      });
      yield { topic, shard, tenantId, first: seq, last: parseKey(lastKey)?.seq ?? seq };
    }
  }

  /** For good: nothing opens it again. */
  async close(): Promise<void> {
    this.#closed = true;
    this.rest();
    await this.#closing;
  }

  /** @throws Problem `unavailable` after `close` */
  #opened(): Environment {
    if (this.#closed) throw closedProblem();
    this.#environment ??= openEnvironment(this.path, this.#mapBytes);
    return this.#environment;
  }

  #readCreatedAt(): number | undefined {
    const bytes = this.#opened().getBinary(CREATED_KEY);
    return bytes === undefined ? undefined : Number(bytes.toString());
  }
}

/** A frame as stored: the head apart from the body, so that neither writing nor looking copies bodies. */
export interface StoredRecord {
  readonly head: Buffer;
  readonly body: Buffer;
}

/** One record to append. */
export interface AppendedRecord extends StoredRecord {
  readonly source: Source;
  readonly seq: number;
}

function headKey(source: Source, seq: number): (string | number)[] {
  return [source.topic, source.shard, source.tenantId, seq];
}

function bodyKey(source: Source, seq: number): (string | number)[] {
  return [source.topic, source.shard, source.tenantId, seq, 1];
}

interface RecordKey {
  readonly topic: Topic;
  readonly shard: number;
  readonly tenantId: TenantId;
  readonly seq: number;
}

function parseKey(key: unknown): RecordKey | undefined {
  if (!Array.isArray(key) || key.length < 4) return undefined;
  const [topic, shard, tenantId, seq] = key as [Topic, number, TenantId, number];
  return { topic, shard, tenantId, seq };
}
