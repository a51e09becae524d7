import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { EventBus } from '@tocsin/bus/event-bus.ts';
import type { Topic } from '@tocsin/contracts/topic.ts';
import type { Database } from '@tocsin/database/database.ts';
import type { DatabaseLog } from '@tocsin/database/log.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { TenantStorage } from './tenant-storage.ts';

/** What the retention service counts. */
export interface RetentionCounters {
  removed(kind: string, count: number): void;
  failed(): void;
  deleted(): void;
}

/** What the retention service works on. */
export interface RetentionDeps {
  readonly database: Database;
  readonly world: World;
  readonly log: DatabaseLog;
  readonly bus: Pick<EventBus, 'depth'>;
  readonly storage: TenantStorage;
  /** What must be read to the end before a tenant's data is removed. */
  readonly queues: readonly { readonly topic: Topic; readonly group: string }[];
  /** Signs that rows of the audit log before a time may go. */
  readonly cutAudit: (tenant: TenantContext, before: Date) => Promise<void>;
  /** Removes what is kept of a tenant's audit chain outside of the database. */
  readonly forgetAudit: (tenant: TenantContext) => Promise<void>;
  /** Gives the disk space of removed rows back, so that they are in no file any more. */
  readonly compactDatabase: () => Promise<void>;
  readonly counters: RetentionCounters;
}
