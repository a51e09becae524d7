import type { CorrelationPlan } from '../engine/plan.ts';

/** An event of the twin: the inputs it came by, its group and its values, all given. */
export interface PlainEvent {
  readonly id: string;
  readonly at: number;
  readonly inputs: readonly number[];
  readonly group: string;
  readonly value: string;
}

/** What the twin finds. */
export interface PlainFinding {
  readonly group: string;
  readonly at: number;
  readonly value: number;
  readonly ids: readonly string[];
}

interface Kept extends PlainEvent {
  readonly order: number;
  /** Index of the episode that counted it, or -1. */
  owner: number;
}

/**
 * The twin of sliding groups: remembers everything, looks at everything, straight from the words of the README.
 * Shares no code with the engine.
 */
export class PlainSliding {
  readonly #plan: CorrelationPlan;
  readonly #lateness: number;
  readonly #groups = new Map<string, { kept: Kept[]; starts: number[] }>();
  #order = 0;

  constructor(plan: CorrelationPlan, lateness: number) {
    this.#plan = plan;
    this.#lateness = lateness;
  }

  add(event: PlainEvent): PlainFinding | undefined {
    const { spanMs } = this.#plan;
    const group = this.#groups.get(event.group) ?? { kept: [], starts: [] };
    this.#groups.set(event.group, group);
    const newest = Math.max(...group.kept.map(({ at }) => at), Number.NEGATIVE_INFINITY);
    if (event.at < newest - this.#lateness) return undefined;
    const horizon = newest - spanMs - this.#lateness;
    const isTwin = ({ id, at }: PlainEvent): boolean => id === event.id && at === event.at;
    if (group.kept.some((one) => isTwin(one) && one.at > horizon)) return undefined;
    this.#order += 1;
    group.kept.push({ ...event, order: this.#order, owner: -1 });
    const after = Math.max(newest, event.at) - spanMs - this.#lateness;
    const alive = group.kept.filter(({ at }) => at > after);
    const owned = group.kept.filter(({ owner }) => owner === group.starts.length - 1 && owner >= 0);
    const last = Math.max(...owned.map(({ at }) => at), Number.NEGATIVE_INFINITY);
    const isOpen = event.at - last <= spanMs;
    const start = group.starts.at(-1) ?? Number.POSITIVE_INFINITY;
    if (isOpen && event.at > start) {
      this.#spread(group.kept, alive, group.starts);
      return undefined;
    }
    const ends = alive
      .map(({ at }) => at)
      .filter((end) => end >= event.at && end < event.at + spanMs);
    for (const end of ends.sort((a, b) => a - b)) {
      const free = alive.filter(({ owner, at }) => owner === -1 && at <= end && at > end - spanMs);
      const value = plainMeasure(this.#plan, free);
      if (value === undefined || !holds(this.#plan, value)) continue;
      if (isOpen) group.starts[group.starts.length - 1] = end - spanMs;
      else {
        group.starts.push(end - spanMs);
        for (const one of free) one.owner = group.starts.length - 1;
      }
      this.#spread(group.kept, alive, group.starts);
      return isOpen
        ? undefined
        : { group: event.group, at: end, value, ids: free.map(({ id }) => id).sort() };
    }
    return undefined;
  }

  #spread(kept: readonly Kept[], alive: readonly Kept[], starts: readonly number[]): void {
    const index = starts.length - 1;
    const start = starts[index] ?? Number.POSITIVE_INFINITY;
    for (let more = true; more; ) {
      more = false;
      const last = Math.max(...kept.filter(({ owner }) => owner === index).map(({ at }) => at));
      for (const one of alive) {
        if (one.owner !== -1 || one.at <= start || one.at > last + this.#plan.spanMs) continue;
        one.owner = index;
        more = true;
      }
    }
  }
}

/**
 * The twin of closing groups: takes the events that came in time, in order of time, and cuts windows out of them.
 *
 * @param now the engine's time at the end
 */
export function plainClosings(
  plan: CorrelationPlan,
  lateness: number,
  events: readonly PlainEvent[],
  now: number,
): PlainFinding[] {
  const inTime: PlainEvent[] = [];
  let time = Number.NEGATIVE_INFINITY;
  for (const event of events) {
    time = Math.max(time, event.at);
    if (event.at >= time - lateness) inTime.push(event);
  }
  const out: PlainFinding[] = [];
  for (const [group, own] of Map.groupBy(inTime, (event) => event.group)) {
    const sorted = own.toSorted((a, b) => a.at - b.at);
    let start = sorted[0]?.at ?? Number.POSITIVE_INFINITY;
    let lastSeen = start;
    while (start + plan.spanMs + lateness <= now) {
      const end = start + plan.spanMs;
      const inside = sorted.filter(({ at }) => at >= start && at < end);
      lastSeen = inside.at(-1)?.at ?? lastSeen;
      const value = plainMeasure(plan, inside);
      if (value !== undefined && holds(plan, value)) {
        const ids = inside.map(({ id }) => id).sort();
        out.push({ group, at: inside.at(-1)?.at ?? end - 1, value, ids });
      }
      const nothing = plainMeasure(plan, []);
      const follows =
        nothing !== undefined && holds(plan, nothing) && end - lastSeen < 10 * plan.spanMs;
      start = follows ? end : (sorted.find(({ at }) => at >= end)?.at ?? Number.POSITIVE_INFINITY);
    }
  }
  return out;
}

function holds({ bounds }: CorrelationPlan, value: number): boolean {
  const signs: Record<string, boolean[]> = {
    lt: [true, false, false],
    lte: [true, true, false],
    eq: [false, true, false],
    gte: [false, true, true],
    gt: [false, false, true],
    neq: [true, false, true],
  };
  return bounds.every((bound) => signs[bound.operator]?.[1 + Math.sign(value - bound.value)]);
}

function plainMeasure(
  { measure }: CorrelationPlan,
  events: readonly PlainEvent[],
): number | undefined {
  const numbers = events.map(({ value }) => Number(value)).sort((a, b) => a - b);
  const sum = numbers.reduce((total, number) => total + number, 0);
  const { length } = numbers;
  switch (measure.kind) {
    case 'events':
      return length;
    case 'distinct':
      return new Set(events.map(({ value }) => value)).size;
    case 'sum':
      return sum;
    case 'average':
      return length === 0 ? undefined : sum / length;
    case 'median':
      if (length === 0) return undefined;
      return (
        ((numbers[Math.floor(length / 2)] ?? 0) + (numbers[Math.ceil(length / 2) - 1] ?? 0)) / 2
      );
    case 'percentile':
      return numbers.find((number) => {
        const below = numbers.filter((other) => other <= number).length;
        return below * 100 >= measure.percent * length;
      });
    case 'inputs':
      return new Set(events.flatMap(({ inputs }) => inputs)).size;
    case 'pattern':
      return measure.alternatives.some(
        ({ steps, absent }) =>
          !events.some(({ inputs }) => inputs.some((input) => absent.includes(input))) &&
          (measure.ordered
            ? chainFits(steps, inOrder(events), 0, new Set())
            : steps.every((step) => events.some(({ inputs }) => inputs.includes(step)))),
      )
        ? 1
        : 0;
  }
}

function inOrder(events: readonly PlainEvent[]): readonly PlainEvent[] {
  const orderOf = (event: PlainEvent): number => ('order' in event ? Number(event.order) : 0);
  return events.toSorted((a, b) => a.at - b.at || orderOf(a) - orderOf(b));
}

/** Whether steps can be met one after another; one event may meet several different ones in a row. */
function chainFits(
  steps: readonly number[],
  events: readonly PlainEvent[],
  from: number,
  usedHere: ReadonlySet<number>,
): boolean {
  const [step, ...rest] = steps;
  if (step === undefined) return true;
  return events.some((event, index) => {
    if (index < from || !event.inputs.includes(step)) return false;
    const isSame = index === from && usedHere.size > 0;
    if (isSame && usedHere.has(step)) return false;
    return chainFits(rest, events, index, isSame ? new Set([...usedHere, step]) : new Set([step]));
  });
}
