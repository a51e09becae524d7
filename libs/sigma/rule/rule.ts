import type { Place } from '../fault.ts';
import type { Pattern } from '../text/pattern.ts';
import type { CidrNetwork } from './cidr-network.ts';

export type CompareOperator = 'lt' | 'lte' | 'gt' | 'gte' | 'eq';
export type TimePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';
export type FieldOperator = 'equals' | 'startswith' | 'endswith' | 'contains';

/** One thing to ask of one value of a field. */
export type Test =
  | { readonly kind: 'text'; readonly pattern: Pattern; readonly cased: boolean }
  | { readonly kind: 'regex'; readonly source: string; readonly flags: string }
  | { readonly kind: 'cidr'; readonly network: CidrNetwork }
  | {
      readonly kind: 'compare';
      readonly operator: CompareOperator;
      readonly value: number | bigint;
    }
  | {
      readonly kind: 'time';
      readonly part: TimePart;
      readonly operator: CompareOperator;
      readonly value: number | bigint;
    }
  | {
      readonly kind: 'field';
      readonly other: string;
      readonly operator: FieldOperator;
      readonly cased: boolean;
    }
  | { readonly kind: 'null' }
  | { readonly kind: 'exists'; readonly present: boolean };

/** A field and what its values may be: true when any value of the field meets any test. */
export interface Item {
  /** Undefined: a keyword, asked of every value of the event. */
  readonly field: string | undefined;
  readonly tests: readonly Test[];
  readonly place: Place;
}

/** What a rule asks of an event. `named` keeps which search identifier a part came from, for explanations. */
export type Expression =
  | { readonly kind: 'and'; readonly parts: readonly Expression[] }
  | { readonly kind: 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly part: Expression }
  | { readonly kind: 'named'; readonly name: string; readonly part: Expression }
  | { readonly kind: 'item'; readonly item: Item };

/** The logsource keys a rule states; what it leaves out may be anything. Values are in lower case. */
export interface RuleLogsource {
  readonly product?: string;
  readonly category?: string;
  readonly service?: string;
}

export type RuleLevel = 'informational' | 'low' | 'medium' | 'high' | 'critical';
export type RuleStatus = 'stable' | 'test' | 'experimental' | 'deprecated' | 'unsupported';

/** What detection rules and correlations say of themselves. */
export interface DocumentHead {
  /** The UUID in lower case, or `''`: the specification lets it out. */
  readonly id: string;
  /** Unique key for references, or `''`. */
  readonly name: string;
  readonly title: string;
  readonly level: RuleLevel | undefined;
  readonly status: RuleStatus | undefined;
  readonly author: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly file: string;
  readonly place: Place;
}

/** A detection rule, whole and checked. Immutable. */
export interface SigmaRule extends DocumentHead {
  readonly logsource: RuleLogsource;
  readonly expression: Expression;
  /** Every other member as plain data: references, falsepositives, fields, date, custom keys. */
  readonly metadata: Readonly<Record<string, unknown>>;
}
