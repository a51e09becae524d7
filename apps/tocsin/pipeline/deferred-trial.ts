import type { Frame } from '@tocsin/bus/frame.ts';
import { DeferredRules } from '@tocsin/detect-service/domain/sigma/deferred-rules.ts';
import { SigmaRules } from '@tocsin/detect-service/domain/sigma/sigma-rules.ts';
import { TriedRules } from '@tocsin/detect-service/domain/sigma/tried-rules.ts';
import { normalizeFrame } from '@tocsin/normalize-service/domain/normalize-frame.ts';
import { ruleKey } from '@tocsin/sigma/correlation/correlation-rule.ts';
import { TEXT_SOURCES } from '@tocsin/sources/registry.ts';
import type { DeferredRule, FoundInFrame, RuleCost } from './deferred-protocol.ts';

/** Tries rules off the hot path on frames. Keeps no state of them. */
export class DeferredTrial {
  readonly #names = new SigmaRules(new Set(['syslog', ...TEXT_SOURCES.map(({ id }) => id)]));
  #base = new TriedRules([], '', NONE);
  #own = new Map<string, TriedRules>();

  setRules(rules: readonly DeferredRule[]): void {
    const byTenant = Map.groupBy(rules, ({ tenantId }) => tenantId);
    const tried = [...byTenant].map(([tenantId, list]): [string, TriedRules] => [
      tenantId,
      new TriedRules(
        list.map(({ rule }) => rule),
        tenantId,
        NONE,
      ),
    ]);
    this.#own = new Map(tried);
    this.#base = this.#own.get('') ?? new TriedRules([], '', NONE);
  }

  /** @param only the one item to look at; undefined: all */
  take(frame: Frame, only: number | undefined): FoundInFrame {
    const { buffer, byteOffset, byteLength } = frame.body;
    const body = Buffer.from(buffer, byteOffset, byteLength);
    const { events, ordinals } = normalizeFrame({ ...frame, body });
    const own = this.#own.get(frame.tenantId);
    const sets = own === undefined ? [this.#base] : [this.#base, own];
    const before = sets.map((set) => set.steps());
    const found: { event: (typeof events)[number]; ruleIds: string[] }[] = [];
    let tried = 0;
    for (const [index, event] of events.entries()) {
      if (only !== undefined && ordinals[index] !== only) continue;
      tried += 1;
      const record = this.#names.record(event);
      const ruleIds = sets.flatMap((set) => set.match(record).map(ruleKey));
      if (ruleIds.length > 0) found.push({ event, ruleIds });
    }
    const costs = sets.flatMap((set, at) => costsOf(set, before[at] ?? new Map(), tried));
    const faults = sets.flatMap((set) =>
      set.takeFaults().map(({ rule, error }) => `${ruleKey(rule)}: ${String(error)}`),
    );
    return { found, costs, faults };
  }
}

const NONE = new DeferredRules();

function costsOf(
  set: TriedRules,
  before: ReadonlyMap<unknown, number>,
  events: number,
): readonly RuleCost[] {
  const after = set.steps();
  return set.rules.map((rule) => ({
    tenantId: set.tenantId,
    ruleId: ruleKey(rule),
    events,
    steps: (after.get(rule) ?? 0) - (before.get(rule) ?? 0),
  }));
}
