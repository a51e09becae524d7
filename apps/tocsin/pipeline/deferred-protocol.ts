import type { LogPosition } from '@tocsin/bus/event-bus.ts';
import type { FoundEvent } from '@tocsin/detect-service/detector.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { SigmaRule } from '@tocsin/sigma/rule/rule.ts';

/** A rule for the deferred lane. */
export interface DeferredRule {
  /** `''`: tried on events of all tenants. */
  readonly tenantId: string;
  readonly rule: SigmaRule;
}

/** What a rule cost in a frame. */
export interface RuleCost {
  readonly tenantId: string;
  readonly ruleId: string;
  readonly events: number;
  readonly steps: number;
}

/** What the lane found in a frame. */
export interface FoundInFrame {
  readonly found: readonly FoundEvent[];
  readonly costs: readonly RuleCost[];
  /** What rules threw. */
  readonly faults: readonly string[];
}

/** A frame that the lane is done with, for the pipeline's thread. */
export interface DeferredEntry extends FoundInFrame {
  readonly position: LogPosition;
  readonly tenantId: TenantId;
  readonly receivedAt: number;
  /** Read again because windows were lost. */
  readonly replayed: boolean;
  /** Frames that wait behind it, all tenants. */
  readonly waiting: number;
}
