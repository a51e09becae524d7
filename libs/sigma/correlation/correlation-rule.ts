import type { CorrelationPlan } from '@tocsin/correlation/engine/plan.ts';
import type { DocumentHead } from '../rule/rule.ts';

/** A correlation document, whole and checked. Immutable. */
export interface SigmaCorrelation extends DocumentHead {
  /** What its results and references to it go by. */
  readonly key: string;
  readonly type: CorrelationType;
  /** False: the rules it refers to do not alert by themselves. */
  readonly generate: boolean;
  readonly plan: CorrelationPlan;
}

export const CORRELATION_TYPES = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'temporal_extended',
  'temporal_ordered_extended',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
] as const;
export type CorrelationType = (typeof CORRELATION_TYPES)[number];

/** The key of a rule: id, else name, else where it stands. */
export function ruleKey({
  id,
  name,
  file,
  place,
}: Pick<DocumentHead, 'id' | 'name' | 'file' | 'place'>): string {
  return id || name || `${file}:${place.line}`;
}
