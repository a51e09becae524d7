import { JsonChunk } from './json-chunk.ts';

/** Longer texts get memory of their own. */
const KEPT_BYTES = 64 * 1024;
const BYTES_PER_UNIT = 3;

/** Makes bytes of one event's JSON after the other, in the same memory. */
export class JsonText {
  #bytes: Buffer | undefined;

  /** Valid until the next call. */
  chunkOf(json: string): JsonChunk {
    if (json.length * BYTES_PER_UNIT > KEPT_BYTES) return new JsonChunk(Buffer.from(json));
    this.#bytes ??= Buffer.allocUnsafeSlow(KEPT_BYTES);
    return new JsonChunk(this.#bytes.subarray(0, this.#bytes.write(json)));
  }
}
