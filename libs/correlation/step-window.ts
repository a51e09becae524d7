import { assert } from '@tocsin/kernel/assert.ts';
import { compactEntries } from './compact-entries.ts';
import {
  EPISODE_EVENT_IDS_MAX,
  EPISODE_LABELS_MAX,
  type Episode,
  WEIGHT_MAX,
  type WindowEvent,
  type WindowRule,
  type WindowState,
} from './window.ts';
import { WINDOW_ENTRIES_MAX, type WindowEntry, type WindowGroup } from './window-group.ts';

/** A group after a step, and what the step did. */
export interface WindowStep {
  readonly state: WindowGroup;
  readonly result: WindowState;
}

const NO_LABELS: readonly string[] = [];

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
 *
 * Pure: the given state is not changed. Cost is linear in the entries of the group (bounded).
 */
export function stepWindow(
  rule: WindowRule,
  state: WindowGroup | undefined,
  event: WindowEvent,
  entriesMax: number = WINDOW_ENTRIES_MAX,
): WindowStep {
  assert(Number.isFinite(event.at), 'the event time of a window event is a finite number');
  const before = state ?? emptyGroup(event.at);
  const seen = entryOfEvent(before.entries, event.eventId);
  if (seen !== undefined) return unchanged(rule, before, 'repeated', seen.at);
  if (event.at < before.newestAt - rule.latenessMs)
    return unchanged(rule, before, 'late', event.at);

  const newestAt = Math.max(before.newestAt, event.at);
  const kept = withEntry(before.entries, entryOf(event, before), newestAt - keptMs(rule));
  const { episodeFrom, base, opened } = openingOf(rule, before, kept, event);
  // What stands before an event that joins an open episode was taken when the episode came that far.
  const joins = base !== undefined && base === before.episode && episodeFrom === before.episodeFrom;
  const firstToTake = joins ? kept.findLastIndex((entry) => entry.eventId === event.eventId) : 0;
  const episode =
    base === undefined ? before.episode : absorb(rule, kept, base, episodeFrom, firstToTake);
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

/** How long an entry can matter: a future event may be `latenessMs` old and look back `windowMs`. */
function keptMs(rule: WindowRule): number {
  return rule.windowMs + rule.latenessMs;
}

function emptyGroup(at: number): WindowGroup {
  return { newestAt: at, entries: [], episode: undefined, episodeFrom: 0 };
}

function unchanged(
  rule: WindowRule,
  state: WindowGroup,
  outcome: 'repeated' | 'late',
  at: number,
): WindowStep {
  const window = outcome === 'late' ? { count: 0, total: 0 } : windowAt(rule, state.entries, at);
  const episode = openEpisode(rule, state, at);
  return { state, result: { outcome, ...window, episode, opened: false } };
}

/** The group's episode if it is open at a time: it stays so until its last counted event is too far back. */
function openEpisode(rule: WindowRule, group: WindowGroup, at: number): Episode | undefined {
  const { episode } = group;
  return episode !== undefined && at <= episode.lastAt + rule.windowMs ? episode : undefined;
}

function entryOf(event: WindowEvent, group: WindowGroup): WindowEntry {
  const weight = Math.min(WEIGHT_MAX, Math.max(1, Math.floor(event.weight) || 1));
  const labels = event.labels ?? NO_LABELS;
  const previous = group.entries.at(-1)?.labels;
  const shared = previous !== undefined && sameTexts(previous, labels) ? previous : labels;
  return { at: event.at, eventId: event.eventId, weight, events: 1, taken: false, labels: shared };
}

/** Looks from the newest on, where a repeat most often is. */
function entryOfEvent(entries: readonly WindowEntry[], eventId: string): WindowEntry | undefined {
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index];
    if (entry?.eventId === eventId) return entry;
  }
  return undefined;
}

/** The entries newer than a time, with one more at its place. */
function withEntry(
  entries: readonly WindowEntry[],
  entry: WindowEntry,
  olderThan: number,
): WindowEntry[] {
  let first = 0;
  while (first < entries.length && (entries[first]?.at ?? 0) <= olderThan) first += 1;
  let place = entries.length;
  while (place > first && (entries[place - 1]?.at ?? 0) > entry.at) place -= 1;
  if (place === entries.length)
    return first === 0 ? [...entries, entry] : [...entries.slice(first), entry];
  return [...entries.slice(first, place), entry, ...entries.slice(place)];
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

function freshEpisode(openedBy: string, crossedAt: number): Episode {
  return {
    openedBy,
    revision: 0,
    firstAt: crossedAt,
    lastAt: crossedAt,
    count: 0,
    total: 0,
    eventIds: [],
    labels: [],
  };
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

/**
 * Counts into an episode every untaken entry after `from`, as far as none lies over a window past the last.
 * Looks from the entry `first` on, and marks what it counts in the array it is given, which is the step's own.
 */
function absorb(
  rule: WindowRule,
  own: WindowEntry[],
  base: Episode,
  from: number,
  first: number,
): Episode {
  let { firstAt, lastAt, count, total, eventIds, labels } = base;
  for (let index = first; index < own.length; index += 1) {
    const entry = own[index];
    if (entry === undefined || entry.taken || entry.at <= from) continue;
    if (entry.at > lastAt + rule.windowMs) break;
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

function withLabels(known: readonly string[], more: readonly string[]): readonly string[] {
  if (known.length >= EPISODE_LABELS_MAX) return known;
  const fresh = more.filter((label) => !known.includes(label));
  return fresh.length === 0 ? known : [...known, ...fresh].slice(0, EPISODE_LABELS_MAX);
}

/** Events and weight in the window that ends at a time. */
function windowAt(
  rule: WindowRule,
  entries: readonly WindowEntry[],
  at: number,
): { count: number; total: number } {
  let count = 0;
  let total = 0;
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index];
    if (entry === undefined || entry.at <= at - rule.windowMs) break;
    if (entry.at > at) continue;
    count += entry.events;
    total += entry.weight;
  }
  return { count, total };
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}
