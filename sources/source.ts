import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import type { SyslogHeader } from './syslog/syslog-header.ts';

/** A parsed JSON object as it came. UNTRUSTED: any member may be absent, of any type, or named `__proto__`. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** What is known of a line beside its text. */
export interface Arrival {
  /** Milliseconds since 1970 at accept: the event's time when the line states none. */
  readonly receivedAt: number;
  /** The host the sender of the line named, or `''`. UNTRUSTED. */
  readonly host: string;
  /** The syslog header that stood before the payload, or `undefined`. */
  readonly header: SyslogHeader | undefined;
}

interface SourceBase {
  /** Name of its folder; stored as `source.integration`. */
  readonly id: string;
  /** What senders call it (`?source=`), lower case. A hint only decides who is asked first. */
  readonly hints: readonly string[];
}

/** A source whose lines are JSON objects. The line is parsed once, before any source sees it. */
export interface JsonSource extends SourceBase {
  readonly reads: 'json';
  /** Is this record certainly ours? Looks at a few members and allocates nothing. */
  claims(record: JsonRecord): boolean;
  /**
   * Maps a claimed record. Never throws. `attributes` is the record and `attributesJson` the line,
   * unless the source has reason to keep another view.
   */
  map(record: JsonRecord, line: string, arrival: Arrival): NormalizedEvent;
}

/** A source of plain text, or of the text behind a syslog header. */
export interface TextSource extends SourceBase {
  readonly reads: 'text';
  /** Syslog app-names that are always its own, as written, for example `sshd`. */
  readonly apps: readonly string[];
  /**
   * Parses and maps in one step, in time linear in the text. Never throws.
   *
   * @returns `undefined` when the text is not ours
   */
  parse(text: string, arrival: Arrival): NormalizedEvent | undefined;
}

/** One kind of log: how to know it and how to map it to the canonical event. */
export type Source = JsonSource | TextSource;
