import { createHash } from 'node:crypto';
import { ruleKey } from '@tocsin/sigma/correlation/correlation-rule.ts';
import type { SigmaRule } from '@tocsin/sigma/rule/rule.ts';
import type { WindowCompanion } from '@tocsin/windows/window-store.ts';

/** Why a rule was moved off the hot path. */
export type DeferralReason = 'over_budget' | 'fault';

/** A rule that is tried off the hot path. */
export interface Deferral {
  /** `''`: a rule of the installation; else a rule of that tenant's own. */
  readonly tenantId: string;
  readonly ruleId: string;
  readonly title: string;
  readonly reason: DeferralReason;
  /** What was seen: steps an event on average, or the fault. */
  readonly detail: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Of what the rule said when it was moved: one that was changed by a person goes back. */
  readonly fingerprint: string;
}

/**
 * The rules that are tried off the hot path, because they cost too much or break. A companion of the windows: which
 * frames a rule was tried on in which lane is told by the same checkpoint that has its state.
 */
export class DeferredRules implements WindowCompanion {
  readonly name = 'sigma-deferred';
  readonly #byId = new Map<string, Deferral>();
  /** Grows with every change. */
  revision = 0;

  get all(): readonly Deferral[] {
    return [...this.#byId.values()];
  }

  has(tenantId: string, rule: SigmaRule): boolean {
    return this.#byId.size > 0 && this.#byId.has(idOf(tenantId, ruleKey(rule)));
  }

  get(tenantId: string, ruleId: string): Deferral | undefined {
    return this.#byId.get(idOf(tenantId, ruleId));
  }

  add(deferral: Deferral): void {
    this.#byId.set(idOf(deferral.tenantId, deferral.ruleId), deferral);
    this.revision += 1;
  }

  remove({ tenantId, ruleId }: Pick<Deferral, 'tenantId' | 'ruleId'>): void {
    if (this.#byId.delete(idOf(tenantId, ruleId))) this.revision += 1;
  }

  capture(): readonly (readonly [string, string])[] {
    if (this.#byId.size === 0) return [];
    const byTenant = Map.groupBy(this.#byId.values(), ({ tenantId }) => tenantId);
    return [...byTenant].map(([tenantId, list]) => [tenantId, JSON.stringify(list)]);
  }

  restore(_tenantId: string, state: unknown): void {
    for (const deferral of state as readonly Deferral[]) this.add(deferral);
  }

  forget(tenantId: string): void {
    if (tenantId === '') return;
    for (const deferral of this.all) if (deferral.tenantId === tenantId) this.remove(deferral);
  }
}

/** What a rule says, in short: another text gives another one. */
export function fingerprintOf({ expression, logsource }: SigmaRule): string {
  const text = JSON.stringify([logsource, expression], (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function idOf(tenantId: string, ruleId: string): string {
  return `${tenantId}\0${ruleId}`;
}
