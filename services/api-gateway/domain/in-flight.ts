import { Problem } from '@tocsin/kernel/problem.ts';

/**
 * Bytes of ingest bodies that pass through the gateway at once: so much memory may wait for a slow disk, and no more,
 * so that the API beside it stays quick (design 2).
 */
export class InFlightBytes {
  readonly #bytesMax: number;
  #bytes = 0;
  /** Requests refused because of the limit. */
  refused = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /**
   * Takes room for a body; the returned function gives it back, once.
   *
   * @throws Problem `too_many_requests` when there is none
   */
  take(bytes: number): () => void {
    if (this.#bytes + bytes > this.#bytesMax) {
      this.refused += 1;
      throw new Problem('too_many_requests', {
        detail: 'more data is on its way than can be written: send it again in a second',
        retryAfterSeconds: 1,
      });
    }
    this.#bytes += bytes;
    let taken = true;
    return () => {
      if (taken) this.#bytes -= bytes;
      taken = false;
    };
  }
}
