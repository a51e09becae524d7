import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import type { SigmaCorrelation } from '@tocsin/sigma/correlation/correlation-rule.ts';
import type { Pause } from '@tocsin/sigma/index/work.ts';
import { withExactNumbers } from '@tocsin/sigma/mapping/exact-numbers.ts';
import { recogniseEvent } from '@tocsin/sigma/mapping/recognise-event.ts';
import type { SigmaRule } from '@tocsin/sigma/rule/rule.ts';
import { CorrelationAlerts } from './correlation-alerts.ts';
import { DeferredRules } from './deferred-rules.ts';
import {
  matchOf,
  type RecordedEvent,
  type SigmaInUse,
  type SigmaMatch,
  type SigmaReady,
} from './sigma-match.ts';
import { NO_DECISIONS, type SigmaDecisions, SigmaView } from './sigma-view.ts';
import { TriedRules } from './tried-rules.ts';

/** Ends the building of a set that is no longer wanted. */
const OVERTAKEN = new Error('another set of rules came meanwhile');
const EMPTY: SigmaInUse = { rules: [], silent: new Set(), correlations: [] };

/** The Sigma rules of an installation, and each tenant's view of them; the set is swapped whole between two events. */
export class SigmaRules {
  #content: SigmaInUse = EMPTY;
  #newest: SigmaInUse = EMPTY;
  /** The rules that are tried off the hot path. */
  readonly deferred: DeferredRules = new DeferredRules();
  #base = new TriedRules([], '', this.deferred);
  /** Made when a rule first matches. */
  #matches = new Map<SigmaRule, SigmaMatch>();
  #alerts = new CorrelationAlerts(EMPTY);
  readonly #decisions = new Map<string, SigmaDecisions>();
  #views = new Map<string, SigmaView>();
  #plainView: SigmaView;
  readonly #textSources: ReadonlySet<string>;

  /** @param textSources ids of sources whose events are lines of text: keywords look at the message too */
  constructor(textSources: ReadonlySet<string> = new Set()) {
    this.#textSources = textSources;
    this.#plainView = new SigmaView(this, '', NO_DECISIONS);
  }

  /** How many rules are tried. */
  get size(): number {
    return this.#base.rules.length;
  }

  get correlations(): readonly SigmaCorrelation[] {
    return this.#content.correlations;
  }

  /** How results of the installation's correlations become alerts. */
  get alerts(): CorrelationAlerts {
    return this.#alerts;
  }

  /** Takes another set of rules at once. Tables that are not there are built when the first event comes. */
  use(content: SigmaReady): void {
    this.#newest = content;
    this.#swap(content, new TriedRules(content.rules, '', this.deferred, content.set));
  }

  /**
   * Takes another set of rules when all is built that events need, with pauses; until then the former is matched. The newest call
   * wins, whichever ends first.
   *
   * @returns whether it was taken, and not another one after it
   */
  async change(content: SigmaReady, pause: Pause): Promise<boolean> {
    this.#newest = content;
    const base = new TriedRules(content.rules, '', this.deferred, content.set);
    await base
      .build(() => {
        if (this.#newest !== content) throw OVERTAKEN;
        return pause();
      }, this.#base)
      .catch((error: unknown) => {
        if (error !== OVERTAKEN) throw error;
      });
    if (this.#newest !== content) return false;
    this.#swap(content, base);
    return true;
  }

  #swap(content: SigmaInUse, base: TriedRules): void {
    this.#content = content;
    this.#base = base;
    this.#matches = new Map();
    this.#alerts = new CorrelationAlerts(content);
    this.#views = new Map();
    this.#plainView = new SigmaView(this, '', NO_DECISIONS);
  }

  /** Takes what a tenant decided, all of it; undefined: nothing. */
  decide(tenantId: string, decisions: SigmaDecisions | undefined): void {
    if (decisions === undefined) this.#decisions.delete(tenantId);
    else this.#decisions.set(tenantId, decisions);
    this.#views.delete(tenantId);
  }

  /** The rules as a tenant has them; another object whenever they change. */
  of(tenantId: string): SigmaView {
    const decisions = this.#decisions.get(tenantId);
    if (decisions === undefined) return this.#plainView;
    const known = this.#views.get(tenantId);
    if (known !== undefined) return known;
    const view = new SigmaView(this, tenantId, decisions);
    this.#views.set(tenantId, view);
    return view;
  }

  /** The rules of the installation, tried. */
  get base(): TriedRules {
    return this.#base;
  }

  /** All rules that are tried: of the installation, and tenants' own. */
  get tried(): readonly TriedRules[] {
    return [this.#base, ...[...this.#views.values()].map(({ own }) => own)];
  }

  /** How a rule of the installation becomes alerts. */
  matchOf(rule: SigmaRule): SigmaMatch {
    const known = this.#matches.get(rule);
    if (known !== undefined) return known;
    const match = matchOf(rule, this.#content.silent);
    this.#matches.set(rule, match);
    return match;
  }

  /** An event under Sigma's field names, with its logsources. */
  record(event: NormalizedEvent): RecordedEvent {
    const record = this.#named(event);
    const isSame = record.fields === event.attributes;
    return isSame ? { ...record, json: event.attributesJson } : record;
  }

  #named(event: NormalizedEvent): RecordedEvent {
    const { logsources, message } = event;
    const attributes = withExactNumbers(event.attributes, event.attributesJson);
    const isText = this.#textSources.has(event.sourceIntegration);
    const fields =
      isText && !Object.hasOwn(attributes, 'message') ? { ...attributes, message } : attributes;
    const is4688 = Object.hasOwn(attributes, 'NewProcessName');
    return logsources.length > 0 && !is4688
      ? { fields, logsources }
      : recogniseEvent(fields, logsources);
  }
}
