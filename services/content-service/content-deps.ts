import type { RuleDocument } from '@tocsin/content/rule-document.ts';
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
}

/** What detect knows of rules: the service that keeps them does not run them. */
export interface RuleEngine {
  /**
   * Checks and compiles a document.
   *
   * @throws Problem `invalid_request` that points at the member at fault
   */
  check(document: unknown): RuleDocument;
  /** What a checked rule says of stored events. Their log source is not stored, so it is not asked for. */
  matcher(document: RuleDocument): (event: Document) => RuleMatch | undefined;
}

/** That an event matches, and the group it would be counted in. */
export interface RuleMatch {
  /** Undefined: it has no value to group by, so it would count nowhere. */
  readonly group: string | undefined;
}
