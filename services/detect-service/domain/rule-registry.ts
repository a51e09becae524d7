import { Condition, type RuleDocument, RuleHead } from '@tocsin/content/rule-document.ts';
import { CATEGORIES } from '@tocsin/contracts/canonical-event.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { TSchema } from 'typebox';
import { Errors } from 'typebox/value';
import { compileRule, type Rule } from './rule.ts';
import type { RuleKind } from './rule-kind.ts';
import { RULE_KINDS } from './rule-kinds.ts';

const NO_RULES: readonly Rule[] = [];

/** A set of rules, immutable and swapped whole. Knows at once which rules an event can concern. */
export class RuleRegistry {
  readonly rules: readonly Rule[];
  readonly #byCategory: ReadonlyMap<string, readonly Rule[]>;

  constructor(rules: readonly Rule[]) {
    this.rules = rules;
    const pairs = rules.flatMap((rule) => rule.categories.map((category) => ({ category, rule })));
    const byCategory = Map.groupBy(pairs, ({ category }) => category);
    this.#byCategory = new Map(
      [...byCategory].map(([category, found]) => [category, found.map(({ rule }) => rule)]),
    );
  }

  /** These rules watch every tenant alike. */
  of(_tenantId: string): RuleRegistry {
    return this;
  }

  /** The rules that look at events of a category. */
  candidates(category: string): readonly Rule[] {
    return this.#byCategory.get(category) ?? NO_RULES;
  }

  /** The longest any rule looks back from an event: window plus lateness, milliseconds. */
  get longestLookbackMs(): number {
    const lookbacks = this.rules.map(
      ({ counting: { window } }) => window.windowMs + window.latenessMs,
    );
    return Math.max(0, ...lookbacks);
  }
}

/**
 * Checks and compiles rule documents. UNTRUSTED: documents may come from people.
 *
 * @throws Problem `invalid_request` that names the rule and points at the member at fault
 */
export function buildRuleRegistry(
  documents: readonly unknown[],
  kinds: readonly RuleKind[] = RULE_KINDS,
): RuleRegistry {
  const rules = documents.map((document) => parseRule(document, kinds));
  const seen = new Set<string>();
  for (const { document } of rules) {
    if (seen.has(document.id)) throw invalid(document.id, '/id', 'another rule has this id');
    seen.add(document.id);
  }
  return new RuleRegistry(rules);
}

function parseRule(value: unknown, kinds: readonly RuleKind[]): Rule {
  const id = typeof value === 'object' && value !== null && 'id' in value ? String(value.id) : '?';
  check(id, RuleHead, value, '');
  const document = value as RuleDocument;
  if (!CATEGORIES.some((category) => category === document.category)) {
    throw invalid(id, '/category', `must be one of ${CATEGORIES.join(', ')}`);
  }
  const kind = kinds.find((known) => known.name === document.kind);
  if (kind === undefined) {
    throw invalid(id, '/kind', `must be one of ${kinds.map((known) => known.name).join(', ')}`);
  }
  if (document.condition !== undefined || kind.conditionRequired !== false) {
    check(id, Condition, document.condition, '/condition');
  }
  check(id, kind.parameters, document.parameters, '/parameters');
  return compileRule(document, kind);
}

function check(id: string, schema: TSchema, value: unknown, pointer: string): void {
  const first = Errors(schema, value)[0];
  if (first === undefined) return;
  throw invalid(id, pointer + first.instancePath, first.message);
}

function invalid(id: string, pointer: string, detail: string): Problem {
  return new Problem('invalid_request', {
    detail: `rule ${id} is not valid at ${pointer === '' ? '/' : pointer}: ${detail}`,
    errors: [{ pointer, detail }],
  });
}
