import { assert } from '@tocsin/kernel/assert.ts';
import {
  EPISODE_LABELS_MAX,
  type Episode,
  WEIGHT_MAX,
  type WindowEvent,
  type WindowRule,
  type WindowState,
} from './window.ts';
import type { WindowEntry, WindowGroup } from './window-group.ts';

/** A group after a step, and what the step did. */
export interface WindowStep {
  readonly state: WindowGroup;
  readonly result: WindowState;
}

/** An event at its place among those remembered. */
export interface PlacedEvent {
  readonly before: WindowGroup;
  readonly newestAt: number;
  /** The step's own: what it counts is marked here. */
  readonly kept: WindowEntry[];
}

const NO_LABELS: readonly string[] = [];

/** Puts an event into its group's line, or answers at once: it was there before, or it comes too late. */
export function placeEvent(
  rule: WindowRule,
  state: WindowGroup | undefined,
  event: WindowEvent,
): PlacedEvent | WindowStep {
  assert(Number.isFinite(event.at), 'the event time of a window event is a finite number');
  const before = state ?? emptyGroup(event.at);
  const seen = entryOfEvent(before.entries, event.eventId);
  if (seen !== undefined) return unchanged(rule, before, 'repeated', seen.at);
  if (event.at < before.newestAt - rule.latenessMs)
    return unchanged(rule, before, 'late', event.at);
  const newestAt = Math.max(before.newestAt, event.at);
  const kept = withEntry(before.entries, entryOf(event, before), newestAt - keptMs(rule));
  return { before, newestAt, kept };
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
export function openEpisode(rule: WindowRule, group: WindowGroup, at: number): Episode | undefined {
  const { episode } = group;
  return episode !== undefined && at <= episode.lastAt + rule.windowMs ? episode : undefined;
}

function entryOf(event: WindowEvent, group: WindowGroup): WindowEntry {
  const weight = Math.min(WEIGHT_MAX, Math.max(1, Math.floor(event.weight) || 1));
  const labels = event.labels ?? NO_LABELS;
  const previous = group.entries.at(-1)?.labels;
  const shared = previous !== undefined && sameTexts(previous, labels) ? previous : labels;
  const entry = { at: event.at, eventId: event.eventId, weight, events: 1, taken: false };
  if (event.steps === undefined) return { ...entry, labels: shared };
  return { ...entry, labels: shared, steps: event.steps };
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

/** An episode that has counted nothing yet. */
export function freshEpisode(openedBy: string, crossedAt: number): Episode {
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

/** Labels and those not among them, up to the limit. */
export function withLabels(known: readonly string[], more: readonly string[]): readonly string[] {
  if (known.length >= EPISODE_LABELS_MAX) return known;
  const fresh = more.filter((label) => !known.includes(label));
  return fresh.length === 0 ? known : [...known, ...fresh].slice(0, EPISODE_LABELS_MAX);
}

/** Events and weight in the window that ends at a time. */
export function windowAt(
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
