import type { TenantContext } from '@tocsin/auth/tenant-context.ts';

/** Numbers of what was removed, by kind. */
export type Removed = Readonly<Record<string, number>>;

/** Up to when things go, milliseconds since 1970, by the time they were received. */
export interface StorageAges {
  readonly eventsBefore: number;
  /** Whole days only: a segment goes when all of its day is before this. */
  readonly archiveBefore: number;
}

/** What an erasure removed, and what is still there because others wait in the same files. */
export interface Erased {
  readonly removed: Removed;
  /** Frames of the bus that are not unlinked yet; the erasure is repeated until there are none. */
  readonly framesLeft: number;
}

/** The stores of events, raw lines, windows and the bus, as far as removing a tenant's data goes. */
export interface TenantStorage {
  /** Removes what is older. Gives the numbers of `events` and `segments`. */
  expire(tenant: TenantContext, ages: StorageAges): Promise<Removed>;
  /** Removes everything of a tenant that sends nothing more. May be repeated. */
  erase(tenant: TenantContext): Promise<Erased>;
}
