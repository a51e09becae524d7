import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import type { WindowRule } from '@tocsin/correlation/window.ts';
import type { TSchema } from 'typebox';

/** How matches of one rule are counted. */
export interface Counting {
  readonly window: WindowRule;
  /** What a matching event counts: 1 or more. */
  weigh(event: NormalizedEvent): number;
  /** For a window with a sequence: the steps the event meets, as bits; an event that meets none does not match. */
  stepsOf?(event: NormalizedEvent): number;
}

/** A kind of rule: what its parameters are, and how its matches become alerts. One file each in `kinds/`. */
export interface RuleKind {
  readonly name: string;
  /** Schema of the document's `parameters`; they are checked against it before `counting` sees them. */
  readonly parameters: TSchema;
  /**
   * What a match without a value in a `group_by` field becomes: true = it counts nowhere (it cannot be told whose
   * count it adds to), false = it alerts all the same.
   */
  readonly needsGroup: boolean;
  /** False: a document may be without a condition, as its parameters say what matches. Default true. */
  readonly conditionRequired?: boolean;
  /** The categories of the events it looks at; default: the document's own. */
  categories?(document: RuleDocument): readonly string[];
  /**
   * @throws Problem `invalid_request` for what the schema cannot say
   */
  counting(document: RuleDocument): Counting;
}
