import Type, { type Static } from 'typebox';
import type { DeferredNow, DeferredRule } from '../content-deps.ts';
import type { RulePutBackRecord } from '../put-back-records.ts';

/** Why and since when a Sigma rule is tried off the hot path, as tenants see it. */
export const Deferred = Type.Object(
  {
    reason: Type.Enum(['over_budget', 'fault']),
    since: Type.String({ format: 'date-time' }),
    frames_waiting: Type.Integer({
      description: 'Frames of the tenant that wait for rules off the hot path',
    }),
  },
  { title: 'Rule off the hot path' },
);

/** The same for who runs the installation. */
export const PlatformDeferred = Type.Object(
  {
    rule_id: Type.String(),
    title: Type.String(),
    reason: Type.Enum(['over_budget', 'fault']),
    detail: Type.String({ description: 'Steps an event on average, or the fault' }),
    since: Type.String({ format: 'date-time' }),
    frames_waiting: Type.Integer({
      description: 'Frames of all tenants that wait for rules off the hot path',
    }),
    put_back_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description: 'When somebody wanted it back: it goes when nothing waits for it any more',
    }),
    put_back_by: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'Rule of the installation off the hot path' },
);
export type PlatformDeferred = Static<typeof PlatformDeferred>;

/** How a rule is deferred for a tenant; null: it is tried at once. */
export function deferredFor(
  { rules, waiting }: DeferredNow,
  tenantId: string,
  ruleId: string,
  isOwn: boolean,
): Static<typeof Deferred> | null {
  const owner = isOwn ? tenantId : '';
  const found = rules.find((rule) => rule.ruleId === ruleId && rule.tenantId === owner);
  if (found === undefined) return null;
  return {
    reason: found.reason,
    since: new Date(found.since).toISOString(),
    frames_waiting: waiting.find((one) => one.tenantId === tenantId)?.frames ?? 0,
  };
}

/** A deferred rule of the installation, with what people wanted of it. */
export function renderDeferred(
  { ruleId, title, reason, detail, since }: DeferredRule,
  framesWaiting: number,
  asked: RulePutBackRecord | undefined,
): PlatformDeferred {
  const isMeant = asked?.deferred_since.getTime() === since;
  return {
    rule_id: ruleId,
    title,
    reason,
    detail,
    since: new Date(since).toISOString(),
    frames_waiting: framesWaiting,
    put_back_at: isMeant ? asked.asked_at.toISOString() : null,
    put_back_by: isMeant ? asked.asked_by : null,
  };
}
