import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import type { SigmaException } from '@tocsin/content/sigma-exception.ts';
import type { Database } from '@tocsin/database/database.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { Document, SearchStore } from '@tocsin/search/search-store.ts';

/** What the content service runs on. */
export interface ContentDeps {
  readonly database: Database;
  readonly world: World;
  /** The rules that ship with the product. */
  readonly rules: readonly RuleDocument[];
  /** For dry runs. */
  readonly events: SearchStore;
  readonly ruleEngine: RuleEngine;
  /** The Sigma documents of the installation; default: none. Throws `unavailable` while the detector is away. */
  readonly sigma?: () => Promise<readonly SigmaEntry[]>;
  /** The Sigma rules off the hot path; default: none. Throws `unavailable` while the detector is away. */
  readonly deferred?: () => Promise<DeferredNow>;
}

/** A Sigma rule that is tried off the hot path. */
export interface DeferredRule {
  /** `''`: a rule of the installation; else a rule of that tenant's own. */
  readonly tenantId: string;
  readonly ruleId: string;
  readonly title: string;
  readonly reason: 'over_budget' | 'fault';
  /** What was seen: steps an event on average, or the fault. */
  readonly detail: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** Which Sigma rules are off the hot path now, and what waits for them. */
export interface DeferredNow {
  readonly rules: readonly DeferredRule[];
  readonly waiting: readonly TenantBacklog[];
}

/** Frames of a tenant that wait for rules off the hot path. */
export interface TenantBacklog {
  readonly tenantId: string;
  readonly frames: number;
}

/** A Sigma document of the installation, and what became of it. */
export interface SigmaEntry {
  /** Without a condition; `id` is what alerts call it. */
  readonly document: RuleDocument;
  readonly outcome: 'loaded' | 'inactive' | 'refused';
  /** Why it does not run; `''` when it does. */
  readonly reason: string;
}

/** What detect knows of rules: the service that keeps them does not run them. */
export interface RuleEngine {
  /**
   * Checks and compiles a document.
   *
   * @throws Problem `invalid_request` that points at the member at fault
   */
  check(document: unknown): RuleDocument;
  /**
   * The document that keeps a tenant's own Sigma text. UNTRUSTED text.
   *
   * @throws Problem `invalid_request` that names line and column
   */
  checkSigma(text: string, version: number): RuleDocument;
  /** @throws Problem `invalid_request` for an exception that cannot be read */
  checkException(exception: SigmaException): void;
  /** Tries a checked rule on stored events. Their log source is not stored, so it is not asked for. */
  trial(document: RuleDocument): RuleTrial;
}

/** A rule on trial. */
export interface RuleTrial {
  /** The categories of the events it looks at. */
  readonly categories: readonly string[];
  /** Takes an event, in any order; undefined when the rule does not match it. */
  note(event: Document): RuleMatch | undefined;
  /** The alerts that the events so far would have opened, in the order in which they would have. */
  alerts(): readonly TriedAlert[];
}

/** An alert that a rule on trial would have opened. Times in milliseconds since 1970. */
export interface TriedAlert {
  readonly group: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly count: number;
  /** The first of its events. */
  readonly eventIds: readonly string[];
}

/** That an event matches, and the group it would be counted in. */
export interface RuleMatch {
  /** Undefined: it has no value to group by, so it would count nowhere. */
  readonly group: string | undefined;
}
