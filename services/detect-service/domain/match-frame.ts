import { TAGS_MAX } from '@tocsin/contracts/canonical-event.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import type { WindowAdd } from '@tocsin/windows/window-store.ts';
import { eventLabels } from './event-labels.ts';
import type { Rule } from './rule.ts';
import type { RuleRegistry } from './rule-registry.ts';
import type { MarkedEvent } from './sigma/correlations.ts';
import type { EventMatches } from './sigma/sigma-view.ts';

/** A timestamp further ahead of its receipt is not believed: 5 minutes (design 3, *Time*). Nor is one before 1970. */
export const CLOCK_AHEAD_MAX_MS = 300_000;

/** Tag of an event whose timestamp was not believed. */
export const CLOCK_WRONG_TAG = 'clock_wrong';

/** What the rules say of a frame, before any window is touched. */
export interface FrameMatches {
  /** Ids of the rules that each event matched; undefined for none. */
  readonly matches: (readonly string[] | undefined)[];
  /** For the window store: matches that have a group, in the order of the events. */
  readonly adds: readonly WindowAdd[];
  /** The rule of each add. */
  readonly rules: readonly Rule[];
  /** Events whose timestamp is not believed: evaluated at the time of receipt. */
  readonly clockWrong: number;
  /** Matches without a value to group by: kept with the event, counted in no window. */
  readonly ungrouped: number;
  /** Events that Sigma rules matched: for correlations. */
  readonly marked: readonly MarkedEvent[];
  /** The newest event time of the frame that is believed; undefined without events. */
  readonly newestAt: number | undefined;
}

/** What finds the Sigma rules that an event matches. */
export interface SigmaMatcher {
  match(event: NormalizedEvent): EventMatches | undefined;
}

const NO_RULES: readonly Rule[] = [];

/**
 * Tests every event of a frame against the rules that can concern it. Pure, but for the tag
 * {@link CLOCK_WRONG_TAG}, which it puts on events whose clock is wrong, so that it is stored with them.
 *
 * @param receivedAt milliseconds since 1970 at which the frame was accepted
 * @param sigma the Sigma rules, which are tried beside the registry's
 * @param beforeEvent told before each event is looked at, by its place in `events`
 */
export function matchFrame(
  registry: RuleRegistry,
  events: readonly NormalizedEvent[],
  receivedAt: number,
  sigma?: SigmaMatcher,
  beforeEvent?: (index: number) => void,
): FrameMatches {
  const matches: (readonly string[] | undefined)[] = new Array(events.length);
  const adds: WindowAdd[] = [];
  const rules: Rule[] = [];
  let clockWrong = 0;
  let ungrouped = 0;
  let newestAt: number | undefined;
  const marked: MarkedEvent[] = [];
  const latest = receivedAt + CLOCK_AHEAD_MAX_MS;
  for (let index = 0; index < events.length; index += 1) {
    const event = events[index];
    if (event === undefined) continue;
    beforeEvent?.(index);
    const believed = event.timestamp >= 0 && event.timestamp <= latest;
    if (!believed) {
      clockWrong += 1;
      event.tags = [...event.tags.slice(0, TAGS_MAX - 1), CLOCK_WRONG_TAG];
    }
    const own = matchEvent(registry, event) ?? NO_RULES;
    const at = believed ? event.timestamp : receivedAt;
    if (newestAt === undefined || at > newestAt) newestAt = at;
    const found = sigma?.match(event);
    if (own.length === 0 && found === undefined) continue;
    const ruleIds = found?.marks.map((mark) => mark.ruleId) ?? [];
    matches[index] = [...own.map((rule) => rule.document.id), ...ruleIds];
    const matched = [...own, ...(found?.marks.flatMap(({ alerting }) => alerting ?? []) ?? [])];
    const labels = eventLabels(event);
    if (found !== undefined) {
      marked.push({ eventId: event.eventId, at, ruleIds, fields: found.fields, labels });
    }
    for (const rule of matched) {
      const group = rule.groupOf(event);
      if (group === undefined) {
        ungrouped += 1;
        continue;
      }
      adds.push(addOf(rule, group, event, at, labels));
      rules.push(rule);
    }
  }
  return { matches, adds, rules, clockWrong, ungrouped, marked, newestAt };
}

function matchEvent(registry: RuleRegistry, event: NormalizedEvent): Rule[] | undefined {
  let matched: Rule[] | undefined;
  for (const rule of registry.candidates(event.category)) {
    if (!rule.matches(event)) continue;
    matched ??= [];
    matched.push(rule);
  }
  return matched;
}

/** A match on its way into the window of its group. */
export function addOf(
  rule: Rule,
  group: string,
  event: NormalizedEvent,
  at: number,
  labels: readonly string[],
): WindowAdd {
  const { window, weigh, stepsOf } = rule.counting;
  const add = { rule: window, group, at, eventId: event.eventId, weight: weigh(event), labels };
  return stepsOf === undefined ? add : { ...add, steps: stepsOf(event) };
}
