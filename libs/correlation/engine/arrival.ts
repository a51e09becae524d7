import type { CorrelationEvent } from './correlation-event.ts';
import { SUMMAND_MAX } from './exact-sum.ts';
import type { Member } from './member.ts';
import type { RankedPlan } from './rank-plans.ts';

/** An input of a plan, found by the rule it looks at. */
export interface Target {
  readonly plan: RankedPlan;
  readonly input: number;
}

/** A match on its way into one group. */
export interface Arrival {
  readonly plan: RankedPlan;
  readonly key: string;
  readonly values: readonly string[];
  readonly member: Member;
}

/** Reads what an input needs of an event; the name of a counter when something is not there. */
export function arrivalOf(
  event: CorrelationEvent,
  target: Target,
): Arrival | 'withoutGroup' | 'withoutValue' {
  const { plan, input } = target;
  const { groupFields, carriedFields } = plan.plan.inputs[input] as (typeof plan.plan.inputs)[0];
  const values: string[] = [];
  for (const field of groupFields) {
    const text = event.text(field);
    if (text === undefined) return 'withoutGroup';
    values.push(text);
  }
  const value = measuredOf(plan, input, event);
  if (value === undefined) return 'withoutValue';
  const member: Member = {
    id: event.id,
    at: event.at,
    inputsLow: input < 32 ? 1 << input : 0,
    inputsHigh: input < 32 ? 0 : 1 << (input & 31),
    text: value.text,
    number: value.number,
    carried: carriedFields.length === 0 ? NOTHING : carriedFields.map((name) => event.text(name)),
    labels: event.labels ?? NO_LABELS,
    eventIds: event.eventIds,
    taken: false,
  };
  return { plan, key: groupKey(values), values, member };
}

const NOTHING: readonly (string | undefined)[] = [];
const NO_LABELS: readonly string[] = [];

/** One event that came into one group by two inputs is one member. */
export function joinArrivals(first: Arrival, second: Arrival): Arrival {
  const member: Member = {
    ...first.member,
    inputsLow: first.member.inputsLow | second.member.inputsLow,
    inputsHigh: first.member.inputsHigh | second.member.inputsHigh,
  };
  return { ...first, member };
}

/** The key of a group: values with their lengths, so that no two groups have one key. */
export function groupKey(values: readonly string[]): string {
  const [only = ''] = values;
  return values.length <= 1 ? only : values.map((value) => `${value.length}:${value}`).join('');
}

const NO_VALUE = { text: undefined, number: 0 };

function measuredOf(
  { plan }: RankedPlan,
  input: number,
  event: CorrelationEvent,
): { text: string | undefined; number: number } | undefined {
  const fields = plan.inputs[input]?.valueFields ?? [];
  if (fields.length === 0) return NO_VALUE;
  const texts: string[] = [];
  for (const field of fields) {
    const text = event.text(field);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  if (plan.measure.kind === 'distinct') {
    const text =
      texts.length === 1 ? texts[0] : texts.map((one) => `${one.length}:${one}`).join('');
    return { text, number: 0 };
  }
  const number = numberOf(texts[0] ?? '');
  return number === undefined ? undefined : { text: undefined, number };
}

const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?$/;

function numberOf(text: string): number | undefined {
  if (text.length > 64 || !DECIMAL.test(text)) return undefined;
  const number = Number(text);
  return Math.abs(number) <= SUMMAND_MAX ? number : undefined;
}
