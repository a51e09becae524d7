import { EPISODE_EVENT_IDS_MAX, type Episode } from './window.ts';
import { withLabels } from './window-entries.ts';
import type { WindowEntry } from './window-group.ts';

/** Which untaken entries an episode counts. */
export interface AbsorbedRange {
  /** Index to begin at: what stands before it was looked at earlier. */
  readonly first: number;
  /** Exclusive, by event time. */
  readonly from: number;
  /** Inclusive end by event time, given the time of the last entry that the episode counts. */
  untilAfter(lastAt: number): number;
}

/** Counts entries into an episode, and marks them as taken in the array it is given, which is the step's own. */
export function absorb(own: WindowEntry[], base: Episode, range: AbsorbedRange): Episode {
  let { firstAt, lastAt, count, total, eventIds, labels } = base;
  for (let index = range.first; index < own.length; index += 1) {
    const entry = own[index];
    if (entry === undefined || entry.taken || entry.at <= range.from) continue;
    if (entry.at > range.untilAfter(lastAt)) break;
    firstAt = Math.min(firstAt, entry.at);
    lastAt = Math.max(lastAt, entry.at);
    count += entry.events;
    total += entry.weight;
    if (eventIds.length < EPISODE_EVENT_IDS_MAX) eventIds = [...eventIds, entry.eventId];
    labels = withLabels(labels, entry.labels);
    own[index] = { ...entry, taken: true };
  }
  return { ...base, revision: count, firstAt, lastAt, count, total, eventIds, labels };
}
