import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import type { JsonRecord } from './source.ts';

/** A line written for this project, and what must come of it. Every branch of a source has one. */
export interface Sample {
  /** A present-tense fact: it becomes the name of the test. */
  readonly name: string;
  readonly line: string;
  readonly hint?: string;
  readonly host?: string;
  /** Receipt, RFC 3339; default {@link SAMPLE_RECEIVED_AT}. */
  readonly receivedAt?: string;
  /** Only members that matter here. */
  readonly expected: ExpectedEvent;
}

/** What of an event a sample checks. */
export interface ExpectedEvent
  extends Partial<Omit<NormalizedEvent, 'timestamp' | 'attributes' | 'logsources'>> {
  /** The timestamp, RFC 3339 with milliseconds. */
  readonly at?: string;
  /** Members that must be there; others may be. */
  readonly attributes?: JsonRecord;
  /** Triples as `product/category/service`, all of them. */
  readonly logsources?: readonly string[];
}

/** When samples are received unless they say otherwise. */
export const SAMPLE_RECEIVED_AT = '2026-03-02T12:00:00.000Z';
