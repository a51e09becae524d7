import type { Logsource, NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { ruleKey } from '@tocsin/sigma/correlation/correlation-rule.ts';
import type { EventRecord } from '@tocsin/sigma/evaluate/event-record.ts';
import type { SigmaContent } from '@tocsin/sigma/load-sigma.ts';
import { recogniseEvent } from '@tocsin/sigma/mapping/recognise-event.ts';
import type { SigmaRule } from '@tocsin/sigma/rule/rule.ts';
import { ROUTES_MAX, type RuleMatcher, RuleSet } from '@tocsin/sigma/rule-set.ts';
import type { Rule } from '../rule.ts';
import { alertingRule, opensAlerts } from './alerting-rule.ts';

/** A Sigma rule that an event matched. */
export interface SigmaMatch {
  /** Stored with the event. */
  readonly ruleId: string;
  /** How it becomes an alert; undefined when it only marks the event. */
  readonly alerting: Rule | undefined;
}

const NOTHING: readonly SigmaMatch[] = [];

/** The Sigma rules of an installation; the set is swapped whole between two events. */
export class SigmaRules {
  #rules = new RuleSet([]);
  #matches = new Map<SigmaRule, SigmaMatch>();
  #routes = new Map<string, RuleMatcher>();
  readonly #textSources: ReadonlySet<string>;

  /** @param textSources ids of sources whose events are lines of text: keywords look at the message too */
  constructor(textSources: ReadonlySet<string> = new Set()) {
    this.#textSources = textSources;
  }

  /** How many rules are tried. */
  get size(): number {
    return this.#rules.rules.length;
  }

  /** Takes another set of rules. Indexes are built when the first event of their logsource comes. */
  use(content: Pick<SigmaContent, 'rules' | 'silent'>): void {
    const matches = content.rules.map((rule): [SigmaRule, SigmaMatch] => {
      const ruleId = ruleKey(rule);
      const opens = opensAlerts(rule) && !content.silent.has(ruleId);
      return [rule, { ruleId, alerting: opens ? alertingRule(rule) : undefined }];
    });
    this.#rules = new RuleSet(content.rules);
    this.#matches = new Map(matches);
    this.#routes = new Map();
  }

  /** What an event matches, in the order of the rules. UNTRUSTED event. */
  match(event: NormalizedEvent): readonly SigmaMatch[] {
    if (this.#rules.rules.length === 0) return NOTHING;
    const { fields, logsources } = this.#record(event);
    if (logsources.length === 0) return NOTHING;
    const found = this.#matcher(logsources).match(fields);
    if (found.length === 0) return NOTHING;
    return found.flatMap((rule) => this.#matches.get(rule) ?? []);
  }

  #record(event: NormalizedEvent): { fields: EventRecord; logsources: readonly Logsource[] } {
    const { attributes, logsources, message } = event;
    const isText = this.#textSources.has(event.sourceIntegration);
    const fields =
      isText && !Object.hasOwn(attributes, 'message') ? { ...attributes, message } : attributes;
    const is4688 = Object.hasOwn(attributes, 'NewProcessName');
    return logsources.length > 0 && !is4688
      ? { fields, logsources }
      : recogniseEvent(fields, logsources);
  }

  #matcher(logsources: readonly Logsource[]): RuleMatcher {
    let key = '';
    for (const { product, category, service } of logsources) {
      key += `${product}|${category}|${service},`;
    }
    const known = this.#routes.get(key);
    if (known !== undefined) return known;
    const matcher = this.#rules.matcherFor(logsources);
    if (this.#routes.size < ROUTES_MAX) this.#routes.set(key, matcher);
    return matcher;
  }
}
