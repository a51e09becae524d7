import type {
  CorrelationResult,
  EngineCounts,
} from '@tocsin/correlation/engine/correlation-event.ts';
import { CorrelationEngine } from '@tocsin/correlation/engine/engine.ts';
import {
  type EngineSnapshot,
  restoreSnapshot,
  takeSnapshot,
} from '@tocsin/correlation/engine/snapshot.ts';
import { LATENESS_MS } from '@tocsin/correlation/suppression.ts';
import { firstText } from '@tocsin/sigma/correlation/run-correlations.ts';
import type { EventRecord } from '@tocsin/sigma/evaluate/event-record.ts';
import type { WindowCompanion } from '@tocsin/windows/window-store.ts';
import { boundedValue } from '../rule.ts';
import type { SigmaView } from './sigma-view.ts';

/** Most members that correlations of one tenant remember; past it the stalest groups go, and are counted. */
export const TENANT_MEMBERS_MAX = 100_000;
/** Most groups of one tenant. */
export const TENANT_GROUPS_MAX = 50_000;
/** Most members of all tenants together: past it the tenant that has most gives up its stalest groups. */
export const ALL_MEMBERS_MAX = 400_000;
/** A tenant whose events stop: after so long its time goes on with the clock, so that absence is found. */
export const QUIET_AFTER_MS = 60_000;

/** An event that Sigma rules matched. */
export interface MarkedEvent {
  readonly eventId: string;
  /** Event time as it is believed, milliseconds since 1970. */
  readonly at: number;
  readonly ruleIds: readonly string[];
  readonly fields: EventRecord;
  readonly labels: readonly string[];
}

/** What is counted of a tenant's correlations. */
export type CorrelationCount =
  | 'correlation_late'
  | 'correlation_without_group'
  | 'correlation_without_value'
  | 'correlation_groups_evicted'
  | 'correlation_members_evicted'
  | 'correlation_groups_dropped';

const COUNTED: readonly (readonly [keyof EngineCounts, CorrelationCount])[] = [
  ['late', 'correlation_late'],
  ['withoutGroup', 'correlation_without_group'],
  ['withoutValue', 'correlation_without_value'],
  ['groupsEvicted', 'correlation_groups_evicted'],
  ['membersEvicted', 'correlation_members_evicted'],
];

/** How much is remembered of a tenant. */
export interface CorrelationUse {
  readonly tenantId: string;
  readonly groups: number;
  readonly members: number;
}

export interface CorrelationsOptions {
  readonly viewOf: (tenantId: string) => SigmaView;
  readonly count: (what: CorrelationCount, tenantId: string, by: number) => void;
  readonly latenessMs?: number;
  readonly tenantMembersMax?: number;
  readonly allMembersMax?: number;
}

/** What is kept of one tenant. */
interface TenantState {
  view: SigmaView;
  engine: CorrelationEngine;
  told: EngineCounts;
  /** Receipt of the newest frame, milliseconds since 1970, and the engine's time at it. */
  receivedAt: number;
  /** The last capture, while nothing has changed since. */
  captured:
    | { readonly revision: number; readonly receivedAt: number; readonly json: string }
    | undefined;
}

/** What a checkpoint has of one tenant. */
interface Captured {
  readonly receivedAt: number;
  readonly engine: EngineSnapshot;
}

/**
 * The Sigma correlations of all tenants, each with a state of its own, on event time. A companion of the windows: its
 * state lies in their checkpoints, so a frame is counted once whatever crashes. When rules change, what is remembered
 * for correlations that stayed the same is kept.
 */
export class Correlations implements WindowCompanion {
  readonly name = 'sigma-correlations';
  readonly #options: CorrelationsOptions;
  readonly #tenants = new Map<string, TenantState>();
  /** States of a checkpoint that nobody asked for yet: what a tenant's rules are is told after it is read. */
  readonly #restored = new Map<string, Captured>();
  #startedAt: number | undefined;

  constructor(options: CorrelationsOptions) {
    this.#options = options;
  }

  /**
   * Takes the marked events of one frame, in order, then lets the tenant's time pass.
   *
   * @param newestAt the newest event time that is believed of the frame; undefined: it had no event
   * @param receivedAt milliseconds since 1970
   */
  take(
    tenantId: string,
    events: readonly MarkedEvent[],
    newestAt: number | undefined,
    receivedAt: number,
  ): readonly CorrelationResult[] {
    const state = this.#stateOf(tenantId);
    if (state === undefined) return NOTHING;
    const { engine } = state;
    const results: CorrelationResult[] = [];
    for (const { eventId, at, ruleIds, fields, labels } of events) {
      const sources = ruleIds.filter((ruleId) => engine.wants(ruleId));
      if (sources.length === 0) continue;
      const text = (field: string): string | undefined => boundedText(fields, field);
      results.push(...engine.add({ id: eventId, at, text, labels }, sources));
    }
    if (newestAt !== undefined) results.push(...engine.advance(newestAt));
    state.receivedAt = Math.max(state.receivedAt, receivedAt);
    this.#makeRoom();
    this.#tell(tenantId, state);
    return results;
  }

  /** Lets the time of tenants go on from which nothing has come for {@link QUIET_AFTER_MS}. */
  idle(now: number): readonly { tenantId: string; results: readonly CorrelationResult[] }[] {
    // What waits on the bus since before a restart comes first.
    this.#startedAt ??= now;
    const found: { tenantId: string; results: readonly CorrelationResult[] }[] = [];
    if (now - this.#startedAt < QUIET_AFTER_MS) return found;
    for (const tenantId of this.#restored.keys()) this.#stateOf(tenantId);
    for (const [tenantId, state] of this.#tenants) {
      const quietMs = now - state.receivedAt;
      const { time } = state.engine;
      if (quietMs < QUIET_AFTER_MS || !Number.isFinite(time)) continue;
      const results = state.engine.advance(time + quietMs);
      state.receivedAt = now;
      if (results.length > 0) found.push({ tenantId, results: [...results] });
    }
    return found;
  }

  /** How far back matches decide what comes now, over all tenants, milliseconds. */
  get lookbackMs(): number {
    const known = [...this.#tenants.values()].map(({ engine }) => engine.lookbackMs);
    return Math.max(0, this.#engineOf(this.#options.viewOf('')).lookbackMs, ...known);
  }

  use(): readonly CorrelationUse[] {
    return [...this.#tenants].map(([tenantId, { engine }]) => ({
      tenantId,
      groups: engine.groups,
      members: engine.members,
    }));
  }

  capture(): readonly (readonly [string, string])[] {
    const restored = [...this.#restored].map(([tenantId, state]): [string, string] => [
      tenantId,
      JSON.stringify(state),
    ]);
    const live = [...this.#tenants].map(([tenantId, state]): [string, string] => {
      const { revision } = state.engine;
      const { captured, receivedAt } = state;
      if (captured?.revision === revision && captured.receivedAt === receivedAt) {
        return [tenantId, captured.json];
      }
      const json = JSON.stringify({ receivedAt, engine: takeSnapshot(state.engine) });
      state.captured = { revision, receivedAt, json };
      return [tenantId, json];
    });
    return [...restored, ...live];
  }

  restore(tenantId: string, state: unknown): void {
    this.#restored.set(tenantId, state as Captured);
  }

  forget(tenantId: string): void {
    this.#restored.delete(tenantId);
    this.#tenants.delete(tenantId);
  }

  /** The state of a tenant under its rules of now; undefined when it has no correlations. */
  #stateOf(tenantId: string): TenantState | undefined {
    const view = this.#options.viewOf(tenantId);
    const known = this.#tenants.get(tenantId);
    if (known?.view === view) return known;
    const restored = this.#restored.get(tenantId);
    this.#restored.delete(tenantId);
    if (view.correlations.length === 0) {
      this.#tenants.delete(tenantId);
      return undefined;
    }
    const snapshot = known === undefined ? restored?.engine : takeSnapshot(known.engine);
    const receivedAt = known?.receivedAt ?? restored?.receivedAt ?? 0;
    const state = this.#stateFrom(tenantId, view, snapshot, receivedAt);
    this.#tenants.set(tenantId, state);
    return state;
  }

  #stateFrom(
    tenantId: string,
    view: SigmaView,
    snapshot: EngineSnapshot | undefined,
    receivedAt: number,
  ): TenantState {
    const engine = this.#engineOf(view);
    if (snapshot !== undefined) {
      const dropped = restoreSnapshot(engine, snapshot);
      if (dropped > 0) this.#options.count('correlation_groups_dropped', tenantId, dropped);
    }
    return { view, engine, told: { ...engine.counts }, receivedAt, captured: undefined };
  }

  #engineOf(view: SigmaView): CorrelationEngine {
    const { latenessMs = LATENESS_MS, tenantMembersMax = TENANT_MEMBERS_MAX } = this.#options;
    return new CorrelationEngine(
      view.correlations.map(({ plan }) => plan),
      { latenessMs, limits: { membersMax: tenantMembersMax, groupsMax: TENANT_GROUPS_MAX } },
    );
  }

  #makeRoom(): void {
    const { allMembersMax = ALL_MEMBERS_MAX } = this.#options;
    let members = 0;
    let [largest] = this.#tenants;
    for (const tenant of this.#tenants) {
      members += tenant[1].engine.members;
      if (tenant[1].engine.members > (largest?.[1].engine.members ?? 0)) largest = tenant;
    }
    if (members <= allMembersMax || largest === undefined) return;
    const [tenantId, state] = largest;
    state.engine.shed(state.engine.members - (members - allMembersMax));
    this.#tell(tenantId, state);
  }

  #tell(tenantId: string, state: TenantState): void {
    const { counts } = state.engine;
    for (const [name, what] of COUNTED) {
      const by = counts[name] - state.told[name];
      if (by > 0) this.#options.count(what, tenantId, by);
    }
    state.told = { ...counts };
  }
}

const NOTHING: readonly CorrelationResult[] = [];

/** UNTRUSTED, and kept in memory with each member: a longer value ends in a hash of all of it. */
function boundedText(fields: EventRecord, field: string): string | undefined {
  const text = firstText(fields, field);
  return text === undefined ? undefined : boundedValue(text);
}
