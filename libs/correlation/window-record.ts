import type { Episode } from './window.ts';
import type { WindowEntry, WindowGroup } from './window-group.ts';

/** A group as plain JSON arrays: short, without member names. Read it back with {@link parseWindowRecord}. */
export type WindowRecord = readonly unknown[];

/** The fields of an entry in a record: time before the newest, id, weight, events, taken, index of its labels. */
const ENTRY_FIELDS = 6;

/** Gives the compact form of a group for a checkpoint. Equal label lists are written once. */
export function windowRecord(group: WindowGroup): WindowRecord {
  const tables: (readonly string[])[] = [];
  const indexOf = new Map<readonly string[], number>();
  const entries: unknown[] = [];
  for (const entry of group.entries) {
    let index = indexOf.get(entry.labels);
    if (index === undefined) {
      index = tables.push(entry.labels) - 1;
      indexOf.set(entry.labels, index);
    }
    const taken = entry.taken ? 1 : 0;
    entries.push(
      group.newestAt - entry.at,
      entry.eventId,
      entry.weight,
      entry.events,
      taken,
      index,
    );
  }
  const { episode } = group;
  const last = episode === undefined ? 0 : episodeRecord(episode);
  const record = [group.newestAt, group.episodeFrom, tables, entries, last];
  const isSequence = group.entries.some(({ steps }) => steps !== undefined);
  return isSequence ? [...record, group.entries.map(({ steps }) => steps ?? 0)] : record;
}

/** Reads a {@link windowRecord}; undefined when the value is not one. */
export function parseWindowRecord(record: unknown): WindowGroup | undefined {
  if (!Array.isArray(record) || record.length < 5 || record.length > 6) return undefined;
  const [newestAt, episodeFrom, tables, fields, last, steps]: unknown[] = record;
  if (typeof newestAt !== 'number' || typeof episodeFrom !== 'number') return undefined;
  if (!Array.isArray(tables) || !tables.every(isTexts) || !Array.isArray(fields)) return undefined;
  const plain = parseEntries(fields, tables, newestAt);
  const entries = steps === undefined ? plain : withSteps(plain, steps);
  const episode = last === 0 ? undefined : parseEpisode(last);
  if (entries === undefined || (last !== 0 && episode === undefined)) return undefined;
  return { newestAt, episodeFrom, entries, episode };
}

function parseEntries(
  fields: readonly unknown[],
  tables: readonly (readonly string[])[],
  newestAt: number,
): WindowEntry[] | undefined {
  if (fields.length % ENTRY_FIELDS !== 0) return undefined;
  const entries: WindowEntry[] = [];
  for (let at = 0; at < fields.length; at += ENTRY_FIELDS) {
    const [age, eventId, weight, events, taken, index] = fields.slice(at, at + ENTRY_FIELDS);
    const labels = typeof index === 'number' ? tables[index] : undefined;
    if (typeof age !== 'number' || typeof eventId !== 'string' || labels === undefined)
      return undefined;
    if (typeof weight !== 'number' || typeof events !== 'number') return undefined;
    entries.push({ at: newestAt - age, eventId, weight, events, taken: taken === 1, labels });
  }
  return entries;
}

function withSteps(entries: WindowEntry[] | undefined, steps: unknown): WindowEntry[] | undefined {
  if (!Array.isArray(steps) || steps.length !== entries?.length) return undefined;
  const bits: readonly unknown[] = steps;
  if (!bits.every((one) => typeof one === 'number')) return undefined;
  return entries.map((entry, index) => ({ ...entry, steps: bits[index] ?? 0 }));
}

function episodeRecord(episode: Episode): WindowRecord {
  const { openedBy, revision, firstAt, lastAt, count, total, eventIds, labels } = episode;
  return [openedBy, revision, firstAt, lastAt, count, total, eventIds, labels];
}

function parseEpisode(record: unknown): Episode | undefined {
  if (!Array.isArray(record) || record.length !== 8) return undefined;
  const [openedBy, revision, firstAt, lastAt, count, total, eventIds, labels]: unknown[] = record;
  if (typeof openedBy !== 'string' || !isTexts(eventIds) || !isTexts(labels)) return undefined;
  if (typeof revision !== 'number' || typeof firstAt !== 'number' || typeof lastAt !== 'number') {
    return undefined;
  }
  if (typeof count !== 'number' || typeof total !== 'number') return undefined;
  return { openedBy, revision, firstAt, lastAt, count, total, eventIds, labels };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
