import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { WindowEvent, WindowRule, WindowState } from '@tocsin/correlation/window.ts';

/** One match of a stateful rule, on its way into a window. */
export interface WindowAdd extends WindowEvent {
  readonly rule: WindowRule;
  /** The group key, for example the actor's id; `''` for the one global group. UNTRUSTED text. */
  readonly group: string;
}

/** Where a batch of adds came from. */
export interface WindowSource {
  readonly source: string;
  readonly offset: number;
}

/** State beside the windows that must agree with their offsets: kept in the same checkpoints. */
export interface WindowCompanion {
  /** Unique and stable: what a checkpoint knows it by. */
  readonly name: string;
  /** The state of each tenant (`''` for what is no tenant's) as it is now: JSON without line ends. */
  capture(): readonly (readonly [tenantId: string, json: string])[];
  /** Puts back what the checkpoint in use had; called once, before the first frame. */
  restore(tenantId: string, state: unknown): void;
  /** Forgets a tenant. */
  forget(tenantId: string): void;
}

export interface WindowStoreCapabilities {
  /** Can several processes share it? */
  readonly shared: boolean;
}

/**
 * Keeps the windows of stateful rules. Steps are the pure functions of `libs/correlation`,
 * so every adapter gives the same answers.
 */
export interface WindowStore {
  readonly capabilities: WindowStoreCapabilities;
  /**
   * Applies the adds of one frame in order; the result has one state an add.
   * A frame at or below the source's applied offset changes nothing and gives an empty result.
   */
  add(
    tenant: TenantContext,
    adds: readonly WindowAdd[],
    source: WindowSource,
  ): Promise<readonly WindowState[]>;
  /** Whether {@link WindowStore.add} would take a frame: false at or below the applied offset. */
  takes(source: WindowSource): boolean;
  /** Keeps a companion's state from now on, and gives it back what it had. */
  keep(companion: WindowCompanion): void;
  /** The last offset of a source that is in the durable state; 0 when none. */
  applied(source: string): number;
  /**
   * Makes the state and its offsets durable. What is captured is the state at the time of the call.
   *
   * @throws Problem `storage_full` when the disk is full: may be tried again;
   *   `unavailable` on any other fault: the process must end and open anew, nothing more is made durable
   */
  checkpoint(): Promise<void>;
  /**
   * True when the newest checkpoint was absent or unusable at open (an older one may be in use): the owner then
   * rewinds by the longest window plus lateness. Offsets that are in the state in use are ignored as always.
   */
  readonly lost: boolean;
  close(): Promise<void>;
}
