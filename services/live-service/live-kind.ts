import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { Collection, Document, SearchStore } from '@tocsin/search/search-store.ts';

/** A kind of things that can be followed. */
export interface LiveKind {
  /** Of a message of the stream. */
  readonly name: 'event' | 'alert';
  readonly collection: Collection;
  /** The field by which they come in order: when received, when changed last. */
  readonly timeField: 'ingested_at' | 'updated_at';
  readonly idField: 'event_id' | 'alert_id';
  readonly store: Pick<SearchStore, 'search'>;
  /** When the oldest thing of the tenant was received that waits to be stored; `undefined` when none waits. */
  readonly oldestWaiting: (tenant: TenantContext) => Promise<number | undefined>;
}

/** When a document came, milliseconds since 1970. */
export function timeOf(kind: LiveKind, document: Document): number {
  return Date.parse(String(document[kind.timeField]));
}

/** Its id. */
export function idOf(kind: LiveKind, document: Document): string {
  return String(document[kind.idField]).toLowerCase();
}
