import type { WorkTopic } from '@tocsin/contracts/topic.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { GroupName } from './event-bus.ts';
import type { Frame } from './frame.ts';

/** Names one delivery of one item: with a later attempt under way it is worth nothing. */
export interface WorkReceipt {
  readonly topic: WorkTopic;
  readonly group: GroupName;
  readonly shard: number;
  readonly tenantId: TenantId;
  readonly offset: number;
  readonly attempt: number;
}

export interface LeasedWork {
  readonly receipt: WorkReceipt;
  readonly frame: Frame;
}

/** What a worker asks for. */
export interface WorkRequest {
  readonly topic: WorkTopic;
  readonly group: GroupName;
  readonly itemsMax: number;
  readonly leaseMs: number;
  /** An item whose deliveries used this many attempts up is parked instead of given out. */
  readonly attemptsMax: number;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** How a delivery ended. */
export type WorkOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly delayMs: number }
  | { readonly kind: 'park'; readonly reason: string };

/** An adapter's side of `consumeWork`. Any number of workers of a group may lease at once. */
export interface WorkFeed {
  /** Items that are due, tenants in turn; empty when nothing came within `waitMs` or the signal aborted. */
  leaseWork(request: WorkRequest): Promise<readonly LeasedWork[]>;
  /** @throws Problem `lease_lost` when the lease ran out and another delivery began */
  extendWork(receipt: WorkReceipt, leaseMs: number): Promise<void>;
  /** @throws Problem `lease_lost` like `extendWork` */
  finishWork(receipt: WorkReceipt, outcome: WorkOutcome): Promise<void>;
}
