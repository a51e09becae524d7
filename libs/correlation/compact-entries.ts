import { WINDOW_ENTRIES_MAX, type WindowEntry } from './window-group.ts';

/**
 * Merges entries that lie near in time, so that at most about half of the limit remain.
 *
 * Weights and event counts are kept exactly; a merged entry has the time and id of its newest part, so
 * a weight may stay in the window for up to 8 / `entriesMax` of the kept span longer than it should: for events
 * in order a threshold is never missed, and it is crossed too early only by what lies within that sliver. What is lost is the memory of the
 * merged ids: a repeat of one of them would count again.
 * Entries counted by an episode and others are never merged with each other.
 */
export function compactEntries(
  entries: readonly WindowEntry[],
  entriesMax: number = WINDOW_ENTRIES_MAX,
): WindowEntry[] {
  const first = entries[0];
  const last = entries.at(-1);
  if (first === undefined || last === undefined || entries.length <= entriesMax)
    return [...entries];
  // Slots of a power of two lie inside the wider ones of a later compaction, so errors do not add up.
  const slotMs = 2 ** Math.ceil(Math.log2(Math.max(1, (4 * (last.at - first.at)) / entriesMax)));
  const merged: WindowEntry[] = [];
  let slot = Number.NaN;
  let taken: WindowEntry | undefined;
  let free: WindowEntry | undefined;
  const close = (): void => {
    const pair = [taken, free].filter((entry) => entry !== undefined);
    merged.push(...pair.sort((a, b) => a.at - b.at));
    taken = undefined;
    free = undefined;
  };
  for (const entry of entries) {
    const next = Math.floor(entry.at / slotMs);
    if (next !== slot) close();
    slot = next;
    if (entry.taken) taken = merge(taken, entry);
    else free = merge(free, entry);
  }
  close();
  return merged;
}

function merge(older: WindowEntry | undefined, newer: WindowEntry): WindowEntry {
  if (older === undefined) return newer;
  return {
    ...newer,
    weight: older.weight + newer.weight,
    events: older.events + newer.events,
  };
}
