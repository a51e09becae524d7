import type { ProblemCode } from '@tocsin/kernel/problem-catalogue.ts';

/** What ingest counts. The process's wiring ties it to metrics. */
export interface IngestCounters {
  /** Items made durable, and their bytes after decompression. */
  accepted(items: number, bytes: number): void;
  /** Items refused one by one. */
  refused(code: ProblemCode, items: number): void;
  /** Requests refused as a whole. */
  refusedRequest(code: ProblemCode): void;
}
