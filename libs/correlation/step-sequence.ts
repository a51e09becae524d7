import { absorb } from './absorb.ts';
import { newestPaths } from './sequence-paths.ts';
import type { WindowEvent, WindowRule } from './window.ts';
import {
  freshEpisode,
  openEpisode,
  type PlacedEvent,
  type WindowStep,
  windowAt,
} from './window-entries.ts';
import type { WindowEntry, WindowGroup } from './window-group.ts';

/**
 * Adds one event to the window of a rule that waits for steps in an order.
 *
 * - The rule fires when one event each, in the order of event time (equal times: of arrival), has met every place of
 *   the sequence, the first no more than a window before the last. An event fills one place only.
 * - An event that comes out of order fills the place that its time gives it, so a step may arrive before the one
 *   that precedes it.
 * - The alert counts all events of any step in the window that ends with the last step.
 * - While an episode is open only a further whole sequence joins it, and keeps it open: events of single steps may be
 *   ordinary, so they must not put off the next alert. It is armed again once a whole window passed without one.
 * - Past `entriesMax` entries those go that no event to come in order needs; `dropped` counts them.
 */
export function stepSequence(
  rule: WindowRule,
  sequence: readonly number[],
  { before, newestAt, kept }: PlacedEvent,
  event: WindowEvent,
  entriesMax: number,
): WindowStep {
  const endedAt = earliestEnd(rule, sequence, kept, event);
  const open = endedAt === undefined ? undefined : openEpisode(rule, before, endedAt);
  let { episode, episodeFrom } = before;
  if (endedAt !== undefined) {
    episodeFrom = endedAt - rule.windowMs;
    episode = absorb(kept, open ?? freshEpisode(event.eventId, endedAt), {
      first: 0,
      from: episodeFrom,
      untilAfter: () => endedAt,
    });
  }
  const entries = kept.length > entriesMax ? thinned(sequence, kept, entriesMax) : kept;
  const dropped = entries === kept ? 0 : waiting(kept) - waiting(entries);
  const after: WindowGroup = { newestAt, entries, episode, episodeFrom };
  return {
    state: after,
    result: {
      outcome: 'counted',
      ...windowAt(rule, kept, event.at),
      episode: endedAt === undefined ? undefined : episode,
      opened: endedAt !== undefined && open === undefined,
      ...(dropped === 0 ? {} : { dropped }),
    },
  };
}

/** The event time at which the first whole sequence ends that the event makes whole; undefined for none. */
function earliestEnd(
  rule: WindowRule,
  sequence: readonly number[],
  entries: readonly WindowEntry[],
  event: WindowEvent,
): number | undefined {
  const last = sequence.length - 1;
  const isNewest = entries.at(-1)?.eventId === event.eventId;
  if (isNewest && !meets(event.steps, sequence[last])) return undefined;
  // The newest time at which the places up to each one can have begun to be filled.
  const begun: number[] = new Array(sequence.length).fill(Number.NEGATIVE_INFINITY);
  for (const entry of entries) {
    if (entry.taken) continue;
    if (entry.at >= event.at + rule.windowMs) return undefined;
    for (let place = last; place >= 0; place -= 1) {
      if (!meets(entry.steps, sequence[place])) continue;
      const start = place === 0 ? entry.at : (begun[place - 1] ?? 0);
      begun[place] = Math.max(begun[place] ?? 0, start);
    }
    const whole = (begun[last] ?? 0) > entry.at - rule.windowMs;
    if (whole && entry.at >= event.at) return entry.at;
  }
  return undefined;
}

function meets(steps: number | undefined, step: number | undefined): boolean {
  return ((steps ?? 0) & (1 << (step ?? 0))) !== 0;
}

function waiting(entries: readonly WindowEntry[]): number {
  return entries.reduce((count, entry) => count + (entry.taken ? 0 : 1), 0);
}

/** What is left past the limit: the newest way to have come as far as each place, and the newest entries. */
function thinned(
  sequence: readonly number[],
  entries: readonly WindowEntry[],
  entriesMax: number,
): WindowEntry[] {
  const needed = newestPaths(sequence, entries);
  const newest = entries.length - Math.floor(entriesMax / 2);
  return entries.filter((_, index) => index >= newest || needed.has(index));
}
