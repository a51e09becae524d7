import { effectiveRules, type RuleSetting } from '@tocsin/content/rule-setting.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import type { Rule } from './rule.ts';
import { buildRuleRegistry, RuleRegistry } from './rule-registry.ts';

/** A rule of a tenant that cannot run, and why. */
export interface RuleFault {
  readonly ruleId: string;
  readonly reason: string;
}

/**
 * The rules of every tenant: those that ship, until a tenant has decided otherwise. A tenant's set is swapped whole
 * between two frames; rules it left alone are compiled once for all.
 */
export class TenantRules {
  readonly #shipped: RuleRegistry;
  readonly #byDocument: ReadonlyMap<unknown, Rule>;
  readonly #default: RuleRegistry;
  readonly #tenants = new Map<string, RuleRegistry>();

  constructor(shipped: RuleRegistry) {
    this.#shipped = shipped;
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
    return faults;
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
