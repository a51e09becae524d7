import { absorb } from './absorb.ts';
import { compactEntries } from './compact-entries.ts';
import { stepSequence } from './step-sequence.ts';
import type { Episode, WindowEvent, WindowRule } from './window.ts';
import {
  freshEpisode,
  openEpisode,
  placeEvent,
  type WindowStep,
  windowAt,
} from './window-entries.ts';
import { WINDOW_ENTRIES_MAX, type WindowEntry, type WindowGroup } from './window-group.ts';

/**
 * Adds one event to the window of one group: a sliding window with episodes, on event time.
 *
 * - The window is (t - windowMs, t]: of two events exactly `windowMs` apart only the later is in it.
 * - An event counts once: an id seen within windowMs + latenessMs of the newest event is `repeated`.
 * - An event more than `latenessMs` older than its group's newest is `late`: reported, not counted.
 * - An event that comes out of order counts in every window that contains it. When one of them reaches the
 *   threshold and no episode is open, an episode opens with the earliest such window.
 * - An open episode counts every event up to and including `windowMs` after its last counted one;
 *   the first one later than that finds the rule armed again.
 * - A burst that is older than an open episode, yet not late, joins it.
 * - A rule with a `sequence` waits for events in an order in place of a sum: see {@link stepSequence}.
 *
 * Pure: the given state is not changed. Cost is linear in the entries of the group (bounded).
 */
export function stepWindow(
  rule: WindowRule,
  state: WindowGroup | undefined,
  event: WindowEvent,
  entriesMax: number = WINDOW_ENTRIES_MAX,
): WindowStep {
  const placed = placeEvent(rule, state, event);
  if ('result' in placed) return placed;
  if (rule.sequence !== undefined) {
    return stepSequence(rule, rule.sequence, placed, event, entriesMax);
  }
  const { before, newestAt, kept } = placed;
  const { episodeFrom, base, opened } = openingOf(rule, before, kept, event);
  // What stands before an event that joins an open episode was taken when the episode came that far.
  const joins = base !== undefined && base === before.episode && episodeFrom === before.episodeFrom;
  const firstToTake = joins ? kept.findLastIndex((entry) => entry.eventId === event.eventId) : 0;
  const episode =
    base === undefined
      ? before.episode
      : absorb(kept, base, {
          from: episodeFrom,
          first: firstToTake,
          untilAfter: (lastAt) => lastAt + rule.windowMs,
        });
  const after: WindowGroup = {
    newestAt,
    entries: kept.length > entriesMax ? compactEntries(kept, entriesMax) : kept,
    episode,
    episodeFrom,
  };
  return {
    state: after,
    result: {
      outcome: 'counted',
      ...windowAt(rule, kept, event.at),
      episode: openEpisode(rule, after, event.at),
      opened,
    },
  };
}

interface Opening {
  /** The episode that takes entries now; undefined when there is nothing to take. */
  readonly base: Episode | undefined;
  readonly episodeFrom: number;
  readonly opened: boolean;
}

/** Decides whether the event belongs to the open episode, opens one, or only waits in the window. */
function openingOf(
  rule: WindowRule,
  before: WindowGroup,
  kept: readonly WindowEntry[],
  event: WindowEvent,
): Opening {
  const open = openEpisode(rule, before, event.at);
  const { episodeFrom } = before;
  if (open !== undefined && event.at > episodeFrom)
    return { base: open, episodeFrom, opened: false };
  const crossedAt = earliestCrossing(rule, kept, event.at);
  if (crossedAt === undefined) return { base: undefined, episodeFrom, opened: false };
  const from = crossedAt - rule.windowMs;
  if (open !== undefined) return { base: open, episodeFrom: from, opened: false };
  return { base: freshEpisode(event.eventId, crossedAt), episodeFrom: from, opened: true };
}

/** The end of the earliest window that contains `at` and whose untaken entries reach the threshold. */
function earliestCrossing(
  rule: WindowRule,
  entries: readonly WindowEntry[],
  at: number,
): number | undefined {
  let total = 0;
  let tail = 0;
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index];
    if (entry === undefined || entry.at >= at + rule.windowMs) return undefined;
    if (!entry.taken) total += entry.weight;
    if (entry.at < at || entries[index + 1]?.at === entry.at) continue;
    for (let old = entries[tail]; old !== undefined && old.at <= entry.at - rule.windowMs; ) {
      if (!old.taken) total -= old.weight;
      tail += 1;
      old = entries[tail];
    }
    if (total >= rule.threshold) return entry.at;
  }
  return undefined;
}
