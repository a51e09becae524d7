/** How a number is compared. */
export type BoundOperator = 'lt' | 'lte' | 'gt' | 'gte' | 'eq' | 'neq';

export interface Bound {
  readonly operator: BoundOperator;
  readonly value: number;
}

/** What must have happened in a window: all steps, and nothing of what must be absent. Numbers are inputs of the plan. */
export interface Alternative {
  readonly steps: readonly number[];
  readonly absent: readonly number[];
}

/** What is computed over the members of a window. */
export type MeasureSpec =
  /** Events, each once whatever number of inputs it came by. */
  | { readonly kind: 'events' }
  /** Distinct values. */
  | { readonly kind: 'distinct' }
  | { readonly kind: 'sum' | 'average' | 'median' }
  /** The value at a nearest rank, 1 to 100. */
  | { readonly kind: 'percentile'; readonly percent: number }
  /** Inputs that have a member. */
  | { readonly kind: 'inputs' }
  /** 1 when an alternative is met, else 0; with `ordered`, its steps one after another. */
  | {
      readonly kind: 'pattern';
      readonly ordered: boolean;
      readonly alternatives: readonly Alternative[];
    };

/** Where an input's members come from and what is read of them. */
export interface PlanInput {
  /** Key of a rule, or of another plan whose results are the events. */
  readonly source: string;
  /** Fields of the group, in the order of {@link CorrelationPlan.groupBy}. */
  readonly groupFields: readonly string[];
  /** Fields whose values together are the member's value; empty where none is needed. */
  readonly valueFields: readonly string[];
  /** Fields of the values that results carry beside the group's, in the order of {@link CorrelationPlan.carried}. */
  readonly carriedFields: readonly string[];
}

/** A correlation, compiled: plain data. */
export interface CorrelationPlan {
  /** Unique among the plans of an engine and the rules they look at. */
  readonly key: string;
  readonly inputs: readonly PlanInput[];
  /** Names of the group's values; empty: one group for everything. */
  readonly groupBy: readonly string[];
  readonly carried: readonly string[];
  /** Length of the window in milliseconds: (t - spanMs, t] of event time. */
  readonly spanMs: number;
  readonly measure: MeasureSpec;
  /** All must hold. */
  readonly bounds: readonly Bound[];
  /** Groups that are looked at although nothing of them was seen. */
  readonly expectedGroups: readonly (readonly string[])[];
}

/** Deepest chain of plans. */
export const PLAN_DEPTH_MAX = 8;
/** Most inputs of one plan. */
export const PLAN_INPUTS_MAX = 64;
/** Highest number of events or values a bound may ask for: a group remembers as many. */
export const PLAN_COUNT_MAX = 1_000_000;

/** Whether a plan is decided at the end of its windows, because more members may undo what holds now. */
export function isDeferred({ measure, bounds }: CorrelationPlan): boolean {
  if (measure.kind === 'pattern' && measure.alternatives.some(({ absent }) => absent.length > 0)) {
    return true;
  }
  return bounds.some(({ operator }) => operator !== 'gt' && operator !== 'gte');
}

/** Whether a measured value is what the plan looks for; nothing measured is not. */
export function boundsHold(bounds: readonly Bound[], value: number | undefined): boolean {
  if (value === undefined) return false;
  for (const bound of bounds) if (!boundHolds(bound, value)) return false;
  return true;
}

function boundHolds({ operator, value: limit }: Bound, value: number): boolean {
  switch (operator) {
    case 'lt':
      return value < limit;
    case 'lte':
      return value <= limit;
    case 'gt':
      return value > limit;
    case 'gte':
      return value >= limit;
    case 'eq':
      return value === limit;
    case 'neq':
      return value !== limit;
  }
}
