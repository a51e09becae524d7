import { Problem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { FairShare } from '@tocsin/limits/fair-share.ts';

/** One tenant alone may use two thirds of the room. */
const SHARE_FACTOR = 2;

/**
 * Bytes of ingest bodies that pass through the gateway at once: so much memory may wait for a slow disk, and no more,
 * so that the API beside it stays quick (design 2). A tenant that fills its share leaves room for the others.
 */
export class InFlightBytes {
  readonly #share: FairShare;
  readonly #onRefused: () => void;

  /** @param onRefused - told of each request that finds no room */
  constructor(bytesMax: number, onRefused: () => void = () => undefined) {
    this.#share = new FairShare(bytesMax, SHARE_FACTOR);
    this.#onRefused = onRefused;
  }

  /**
   * Takes room for a body; the returned function gives it back, once.
   *
   * @throws Problem `too_many_requests` when there is none
   */
  take(tenantId: TenantId, bytes: number): () => void {
    if (!this.#share.take(tenantId, bytes)) {
      this.#onRefused();
      throw new Problem('too_many_requests', {
        detail: 'more data is on its way than can be written: send it again in a second',
        retryAfterSeconds: 1,
        members: { limit: 'bytes_in_flight', subject: 'tenant' },
      });
    }
    let taken = true;
    return () => {
      if (taken) this.#share.giveBack(tenantId, bytes);
      taken = false;
    };
  }
}
