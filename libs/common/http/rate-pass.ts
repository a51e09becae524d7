import type { Bucket } from '@tocsin/limits/bucket.ts';
import type { Rates } from '@tocsin/limits/rates.ts';
import type { Usage } from './rate-rules.ts';

/** Where a handler says what a request cost, as soon as it knows. */
export interface IngestMeter {
  /** Events found in the body, refused ones too. */
  events(count: number): void;
  /** Bytes of the body after decompression. */
  decompressedBytes(count: number): void;
}

/** A meter where nothing is limited. */
export const NO_METER: IngestMeter = {
  events: () => undefined,
  decompressedBytes: () => undefined,
};

/** One subject whose buckets a request uses. */
export interface RateSubject {
  readonly kind: 'tenant' | 'key';
  readonly rates: Rates<Usage>;
  readonly bucket: Bucket<Usage>;
}

/** Usages in the words of the header fields, which tokens they are in. */
const POLICY_NAMES: Readonly<Record<Usage, string>> = {
  api_requests: 'api',
  ingest_requests: 'ingest-requests',
  ingest_events: 'ingest-events',
  ingest_bytes: 'ingest-bytes',
  ingest_decompressed_bytes: 'ingest-decompressed-bytes',
};

/** A request as far as quotas see it: what it uses is paid here, and what is left is told in its answer. */
export class RatePass implements IngestMeter {
  readonly usages: readonly Usage[];
  readonly #subjects: readonly RateSubject[];

  constructor(subjects: readonly RateSubject[], usages: readonly Usage[]) {
    this.#subjects = subjects;
    this.usages = usages;
  }

  events(count: number): void {
    this.pay('ingest_events', count);
  }

  decompressedBytes(count: number): void {
    this.pay('ingest_decompressed_bytes', count);
  }

  pay(usage: Usage, cost: number): void {
    for (const { bucket } of this.#subjects) bucket.pay(usage, cost);
  }

  /** The first subject that has too little left for a cost, and for how long. */
  firstSpent(
    usage: Usage,
    cost: number,
  ): { readonly subject: RateSubject; readonly waitMs: number } | undefined {
    for (const subject of this.#subjects) {
      const waitMs = subject.bucket.waitMs(usage, cost);
      if (waitMs > 0) return { subject, waitMs };
    }
    return undefined;
  }

  /**
   * The header fields `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10): what is allowed
   * and what is left of it, one item for each limit, as structured fields (RFC 9651).
   */
  headers(): Record<string, string> {
    const policies: string[] = [];
    const limits: string[] = [];
    for (const { kind, rates, bucket } of this.#subjects) {
      for (const usage of this.usages) {
        const name = `"${kind}-${POLICY_NAMES[usage]}"`;
        const quota = Math.floor(rates.burst(usage));
        const fullAfter = Math.ceil(bucket.fullAfterMs(usage) / 1000);
        policies.push(`${name};q=${quota};w=${rates.windowSeconds(usage)}`);
        limits.push(`${name};r=${bucket.remaining(usage)};t=${fullAfter}`);
      }
    }
    return { 'ratelimit-policy': policies.join(', '), ratelimit: limits.join(', ') };
  }
}
