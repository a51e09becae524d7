import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { ruleKey, type SigmaCorrelation } from '@tocsin/sigma/correlation/correlation-rule.ts';
import type { EventRecord } from '@tocsin/sigma/evaluate/event-record.ts';
import type { SigmaRule } from '@tocsin/sigma/rule/rule.ts';
import { type RuleException, RuleOverlay } from '@tocsin/sigma/rule-overlay.ts';
import { type CorrelationAlerting, CorrelationAlerts } from './correlation-alerts.ts';
import type { DeferredRules } from './deferred-rules.ts';
import { matchOf, type RecordedEvent, type SigmaInUse, type SigmaMatch } from './sigma-match.ts';
import { TriedRules } from './tried-rules.ts';

/** What a tenant decided of Sigma rules. */
export interface SigmaDecisions {
  /** Keys of rules and correlations that are off. */
  readonly disabled: ReadonlySet<string>;
  /** Severities of alerts by the keys of rules and correlations, instead of what their level says. */
  readonly severities: ReadonlyMap<string, number>;
  readonly exceptions: readonly RuleException[];
  /** Rules and correlations of its own. */
  readonly own: SigmaInUse;
}

export const NO_DECISIONS: SigmaDecisions = {
  disabled: new Set(),
  severities: new Map(),
  exceptions: [],
  own: { rules: [], silent: new Set(), correlations: [] },
};

/** The Sigma rules that an event matches, and what they saw of it. */
export interface EventMatches {
  readonly marks: readonly SigmaMatch[];
  readonly fields: EventRecord;
}

/** The rules of the installation, as a view needs them. */
export interface SigmaBase {
  readonly base: TriedRules;
  readonly deferred: DeferredRules;
  readonly correlations: readonly SigmaCorrelation[];
  readonly alerts: CorrelationAlerts;
  matchOf(rule: SigmaRule): SigmaMatch;
  record(event: NormalizedEvent): RecordedEvent;
}

/** The Sigma rules as one tenant has them. Immutable: a change makes another. */
export class SigmaView {
  readonly #base: SigmaBase;
  readonly #decisions: SigmaDecisions;
  readonly #overlay: RuleOverlay | undefined;
  readonly #matches = new Map<SigmaRule, SigmaMatch>();
  readonly #ownAlerts: CorrelationAlerts;
  /** The correlations that run for the tenant. */
  readonly correlations: readonly SigmaCorrelation[];

  /** The tenant's own rules, tried. */
  readonly own: TriedRules;

  constructor(base: SigmaBase, tenantId: string, decisions: SigmaDecisions) {
    const { disabled, exceptions, own } = decisions;
    this.#base = base;
    this.#decisions = decisions;
    this.#overlay =
      decisions === NO_DECISIONS ? undefined : new RuleOverlay({ disabled, exceptions });
    this.own = new TriedRules(own.rules, tenantId, base.deferred);
    this.#ownAlerts = new CorrelationAlerts(own);
    this.correlations = [...base.correlations, ...own.correlations].filter(
      ({ key }) => !disabled.has(key),
    );
    for (const rule of own.rules)
      this.#matches.set(rule, this.#withSeverity(matchOf(rule, own.silent)));
  }

  /** What an event matches, those of the installation first; undefined for nothing. UNTRUSTED event. */
  match(event: NormalizedEvent): EventMatches | undefined {
    const record = this.#base.record(event);
    const base = this.#kept(this.#base.base.match(record), record);
    const own = this.own.match(record);
    const found = own.length === 0 ? base : [...base, ...own];
    return this.#marked(found, record);
  }

  /** Whether a deferred rule is to be tried on an event. */
  isDeferredFor(event: NormalizedEvent): boolean {
    if (this.#base.deferred.all.length === 0) return false;
    const { logsources } = this.#base.record(event);
    return this.#base.base.isDeferredFor(logsources) || this.own.isDeferredFor(logsources);
  }

  /** What an event matches among deferred rules, by what was found off the hot path. */
  matchFound(event: NormalizedEvent, ruleIds: ReadonlySet<string>): EventMatches | undefined {
    const record = this.#base.record(event);
    const named = ({ rules }: TriedRules) => rules.filter((rule) => ruleIds.has(ruleKey(rule)));
    const found = [...this.#kept(named(this.#base.base), record), ...named(this.own)];
    return this.#marked(found, record);
  }

  /** How a result of a correlation becomes an alert; undefined when it opens none. */
  alertingOf(key: string): CorrelationAlerting | undefined {
    const alerting = this.#ownAlerts.of(key) ?? this.#base.alerts.of(key);
    const severity = this.#decisions.severities.get(key);
    if (alerting === undefined || severity === undefined) {
      return alerting?.opens === true ? alerting : undefined;
    }
    return { ...alerting, severity };
  }

  /** What is left of matches when the tenant's exceptions and switches are asked. */
  #kept(found: readonly SigmaRule[], { fields, logsources }: RecordedEvent): readonly SigmaRule[] {
    return this.#overlay === undefined ? found : this.#overlay.matches(found, fields, logsources);
  }

  #marked(found: readonly SigmaRule[], { fields }: RecordedEvent): EventMatches | undefined {
    if (found.length === 0) return undefined;
    return { marks: found.map((rule) => this.#matchOf(rule)), fields };
  }

  #matchOf(rule: SigmaRule): SigmaMatch {
    if (this.#overlay === undefined) return this.#base.matchOf(rule);
    const known = this.#matches.get(rule);
    if (known !== undefined) return known;
    const match = this.#withSeverity(this.#base.matchOf(rule));
    this.#matches.set(rule, match);
    return match;
  }

  #withSeverity(match: SigmaMatch): SigmaMatch {
    const severity = this.#decisions.severities.get(match.ruleId);
    const { alerting } = match;
    if (severity === undefined || alerting === undefined) return match;
    const document = { ...alerting.document, severity };
    return { ...match, alerting: { ...alerting, document } };
  }
}
