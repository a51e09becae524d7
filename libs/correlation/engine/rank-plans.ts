import { Problem } from '@tocsin/kernel/problem.ts';
import { type CorrelationPlan, isDeferred, PLAN_DEPTH_MAX } from './plan.ts';

/** A plan with its place in an engine. */
export interface RankedPlan {
  readonly plan: CorrelationPlan;
  /** Plans come after those they look at. */
  readonly rank: number;
  readonly isDeferred: boolean;
  /** Lateness of its matches: results of windows that are judged at their end come late by a window. */
  readonly lateness: number;
  readonly membersMax: number;
}

/**
 * Orders plans so that each stands behind those whose results it looks at.
 *
 * @throws Problem `invalid_request` for plans that look at each other in a circle, or a chain deeper than
 *   {@link PLAN_DEPTH_MAX}
 */
export function rankPlans(
  plans: readonly CorrelationPlan[],
  latenessMs: number,
  groupMembersMax: number,
): RankedPlan[] {
  const byKey = new Map(plans.map((plan) => [plan.key, plan]));
  const ranked = new Map<string, RankedPlan>();
  const depths = new Map<string, number>();
  const visit = (plan: CorrelationPlan, above: readonly string[]): void => {
    if (ranked.has(plan.key)) return;
    if (above.includes(plan.key)) throw invalid(plan.key, 'looks at itself, in a circle');
    if (above.length >= PLAN_DEPTH_MAX)
      throw invalid(plan.key, `is more than ${PLAN_DEPTH_MAX} deep`);
    const below = plan.inputs.flatMap(({ source }) => byKey.get(source) ?? []);
    for (const child of below) visit(child, [...above, plan.key]);
    const depth = 1 + Math.max(0, ...below.map(({ key }) => depths.get(key) ?? 0));
    if (depth > PLAN_DEPTH_MAX) throw invalid(plan.key, `is more than ${PLAN_DEPTH_MAX} deep`);
    depths.set(plan.key, depth);
    const delays = below.map(({ key }) => delayOf(ranked.get(key)));
    const lateness = Math.max(latenessMs, ...delays);
    ranked.set(plan.key, {
      ...place(plan, groupMembersMax),
      rank: ranked.size,
      lateness,
    });
  };
  for (const plan of plans) visit(plan, []);
  return [...ranked.values()];
}

/** How far behind the newest event a plan's results can lie. */
function delayOf(plan: RankedPlan | undefined): number {
  if (plan === undefined) return 0;
  return plan.isDeferred ? plan.lateness + plan.plan.spanMs : plan.lateness;
}

function place(
  plan: CorrelationPlan,
  groupMembersMax: number,
): Pick<RankedPlan, 'plan' | 'isDeferred' | 'membersMax'> {
  const { kind } = plan.measure;
  const counts = kind === 'events' || kind === 'distinct';
  const highest = counts ? Math.max(0, ...plan.bounds.map(({ value }) => Math.ceil(value))) : 0;
  return {
    plan,
    isDeferred: isDeferred(plan),
    membersMax: Math.max(groupMembersMax, highest + 1),
  };
}

function invalid(key: string, detail: string): Problem {
  return new Problem('invalid_request', { detail: `correlation ${key} ${detail}` });
}
