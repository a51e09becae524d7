import { rankPlans } from '@tocsin/correlation/engine/rank-plans.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import { FaultSignal, faultOf, type Place, type SigmaFault } from '../fault.ts';
import type { CorrelationDocument, InactiveRule, LoadedRules } from '../rule/load-rules.ts';
import { memberText } from '../yaml/yaml-node.ts';
import { ruleKey, type SigmaCorrelation } from './correlation-rule.ts';
import { parseCorrelation } from './parse-correlation.ts';

/** What became of the correlation documents of a rule set. */
export interface CompiledCorrelations {
  readonly correlations: readonly SigmaCorrelation[];
  /** Those that refer to a rule that waits for lists. */
  readonly inactive: readonly InactiveRule[];
  readonly refused: readonly SigmaFault[];
  /** Keys of rules that do not alert by themselves: a correlation without `generate` refers to them. */
  readonly silent: ReadonlySet<string>;
}

/** Where a reference leads. */
type Referent =
  | { readonly kind: 'rule' }
  | { readonly kind: 'inactive'; readonly placeholders: readonly string[] }
  | { readonly kind: 'correlation'; readonly document: CorrelationDocument };

/** Compiles the correlation documents of loaded rules. A correlation of which a part cannot run does not run. */
export function compileCorrelations(loaded: LoadedRules): CompiledCorrelations {
  return new Compiler(loaded).compile();
}

/** References are followed no further: chains are at most 8 deep, so nothing that could run is cut off. */
const FOLLOWED_MAX = 64;

class Compiler {
  readonly #loaded: LoadedRules;
  readonly #keys = new Map<string, string>();
  readonly #referents = new Map<string, Referent>();
  readonly #outcomes = new Map<
    CorrelationDocument,
    SigmaCorrelation | FaultSignal | InactiveRule
  >();

  constructor(loaded: LoadedRules) {
    this.#loaded = loaded;
    for (const rule of loaded.rules) this.#name(rule, ruleKey(rule), { kind: 'rule' });
    for (const rule of loaded.inactive) {
      const { placeholders } = rule;
      this.#name(rule, `${rule.file}:${rule.line}`, { kind: 'inactive', placeholders });
    }
    for (const document of loaded.correlations) {
      const key = ruleKey({ ...document, place: document.map.place });
      this.#name(document, key, { kind: 'correlation', document });
    }
  }

  #name({ id, name }: { id: string; name: string }, key: string, referent: Referent): void {
    this.#referents.set(key, referent);
    for (const reference of [id, name]) if (reference !== '') this.#keys.set(reference, key);
  }

  compile(): CompiledCorrelations {
    for (const document of this.#loaded.correlations) this.#outcome(document, []);
    const outcomes = [...this.#outcomes];
    const correlations = outcomes.flatMap(([, outcome]) => ('plan' in outcome ? [outcome] : []));
    const refused = outcomes.flatMap(([{ file }, outcome]): SigmaFault[] => {
      if (!(outcome instanceof FaultSignal)) return [];
      const { code, message, place } = outcome;
      return [{ file, line: place.line, column: place.column, code, message }];
    });
    const inactive = outcomes.flatMap(([, outcome]) =>
      'placeholders' in outcome ? [outcome] : [],
    );
    const silent = correlations
      .filter(({ generate }) => !generate)
      .flatMap(({ plan }) => plan.inputs.map(({ source }) => source));
    return { correlations, inactive, refused, silent: new Set(silent) };
  }

  #outcome(
    document: CorrelationDocument,
    above: readonly CorrelationDocument[],
  ): SigmaCorrelation | FaultSignal | InactiveRule {
    const known = this.#outcomes.get(document);
    if (known !== undefined) return known;
    const waits = new Set<string>();
    const parsed = faultOf(() =>
      parseCorrelation(document, (reference, place) =>
        this.#resolve(reference, place, [...above, document], waits),
      ),
    );
    const outcome =
      parsed instanceof FaultSignal || waits.size === 0
        ? this.#checkDepth(parsed)
        : waiting(document, parsed.title, [...waits].sort());
    this.#outcomes.set(document, outcome);
    return outcome;
  }

  #resolve(
    reference: string,
    place: Place,
    above: readonly CorrelationDocument[],
    waits: Set<string>,
  ): string {
    const key = this.#keys.get(reference) ?? this.#keys.get(reference.toLowerCase());
    const referent = key === undefined ? undefined : this.#referents.get(key);
    if (key === undefined || referent === undefined) {
      const message = `${JSON.stringify(reference.slice(0, 60))} is no id or name of a rule that is loaded here`;
      throw new FaultSignal('unknown_rule', place, message);
    }
    if (referent.kind === 'inactive') for (const name of referent.placeholders) waits.add(name);
    if (referent.kind === 'correlation')
      this.#follow(referent.document, reference, place, above, waits);
    return key;
  }

  #follow(
    document: CorrelationDocument,
    reference: string,
    place: Place,
    above: readonly CorrelationDocument[],
    waits: Set<string>,
  ): void {
    const named = JSON.stringify(reference.slice(0, 60));
    if (above.includes(document) || above.length >= FOLLOWED_MAX) {
      throw new FaultSignal(
        'cyclic_correlation',
        place,
        `${named} leads back here, or far too deep: break the circle`,
      );
    }
    const outcome = this.#outcome(document, above);
    if (outcome instanceof FaultSignal) {
      throw new FaultSignal('unknown_rule', place, `${named} is refused itself: mend it first`);
    }
    if ('placeholders' in outcome) for (const name of outcome.placeholders) waits.add(name);
  }

  #checkDepth(parsed: SigmaCorrelation | FaultSignal): SigmaCorrelation | FaultSignal {
    if (parsed instanceof FaultSignal) return parsed;
    const plans = [...this.#outcomes.values()].flatMap((one) => ('plan' in one ? [one.plan] : []));
    try {
      rankPlans([...plans, parsed.plan], 0, 0);
      return parsed;
    } catch (error) {
      if (!isProblem(error)) throw error;
      return new FaultSignal('invalid_correlation', parsed.place, error.detail ?? error.message);
    }
  }
}

function waiting(
  { file, id, name, map }: CorrelationDocument,
  title: string,
  placeholders: readonly string[],
): InactiveRule {
  const { line, column } = map.place;
  return { file, line, column, id, name, title: memberText(map, 'title') ?? title, placeholders };
}
