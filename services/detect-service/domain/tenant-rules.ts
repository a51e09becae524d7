import { effectiveRules, type RuleSetting } from '@tocsin/content/rule-setting.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import type { Rule } from './rule.ts';
import { buildRuleRegistry, RuleRegistry } from './rule-registry.ts';
import { sigmaDecisions } from './sigma/decisions.ts';
import { OWN_SIGMA_KIND } from './sigma/own-kind.ts';
import type { SigmaRules } from './sigma/sigma-rules.ts';

/** A rule of a tenant that cannot run, and why. */
export interface RuleFault {
  readonly ruleId: string;
  readonly reason: string;
}

/**
 * The rules of every tenant, of both kinds: those that ship, until a tenant has decided otherwise. A tenant's set is swapped whole
 * between two frames; rules it left alone are compiled once for all.
 */
export class TenantRules {
  readonly #shipped: RuleRegistry;
  readonly #sigma: SigmaRules | undefined;
  readonly #byDocument: ReadonlyMap<unknown, Rule>;
  readonly #default: RuleRegistry;
  readonly #tenants = new Map<string, RuleRegistry>();

  /** @param sigma told what tenants decided of Sigma rules */
  constructor(shipped: RuleRegistry, sigma?: SigmaRules) {
    this.#shipped = shipped;
    this.#sigma = sigma;
    this.#byDocument = new Map(shipped.rules.map((rule) => [rule.document, rule]));
    this.#default = this.#registryOf([]).registry;
  }

  /** The rules that watch a tenant now. */
  of(tenantId: string): RuleRegistry {
    return this.#tenants.get(tenantId) ?? this.#default;
  }

  /**
   * Takes what a tenant decided, all of it. A rule that cannot run is left out and told: the others must go on.
   */
  set(tenantId: string, settings: readonly RuleSetting[]): readonly RuleFault[] {
    const { registry, faults } = this.#registryOf(settings);
    if (settings.length === 0) this.#tenants.delete(tenantId);
    else this.#tenants.set(tenantId, registry);
    const { decisions, faults: sigmaFaults } = sigmaDecisions(settings);
    this.#sigma?.decide(tenantId, decisions);
    return [...faults, ...sigmaFaults];
  }

  /** The longest any rule of any tenant looks back, milliseconds. */
  get longestLookbackMs(): number {
    const registries = [this.#shipped, ...this.#tenants.values()];
    return Math.max(...registries.map((registry) => registry.longestLookbackMs));
  }

  #registryOf(settings: readonly RuleSetting[]) {
    const shipped = this.#shipped.rules.map((rule) => rule.document);
    const faults: RuleFault[] = [];
    const rules: Rule[] = [];
    for (const document of effectiveRules(shipped, settings)) {
      if (document.kind === OWN_SIGMA_KIND) continue;
      const known = this.#byDocument.get(document);
      if (known !== undefined) rules.push(known);
      else {
        try {
          rules.push(...buildRuleRegistry([document]).rules);
        } catch (error) {
          if (!isProblem(error)) throw error;
          faults.push({ ruleId: document.id, reason: error.detail ?? error.title });
        }
      }
    }
    return { registry: new RuleRegistry(rules), faults };
  }
}
