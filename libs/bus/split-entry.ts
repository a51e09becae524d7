import type { LogEntry } from './event-bus.ts';

const NEWLINE = 10;

/** Halves of an entry at an item border; `undefined` when it has one item or fewer lines than it says. */
export function splitEntry(entry: LogEntry): readonly [LogEntry, LogEntry] | undefined {
  const { frame } = entry;
  const leftCount = frame.count >>> 1;
  if (leftCount === 0) return undefined;
  const cut = newlineAt(frame.body, leftCount);
  if (cut < 0) return undefined;
  const left: LogEntry = {
    ...entry,
    frame: { ...frame, count: leftCount, body: frame.body.subarray(0, cut) },
    more: true,
  };
  const right: LogEntry = {
    ...entry,
    frame: { ...frame, count: frame.count - leftCount, body: frame.body.subarray(cut + 1) },
    firstOrdinal: entry.firstOrdinal + leftCount,
  };
  return [left, right];
}

/** The end of a frame whose last items were parked: no items, so that its offset still reaches the handler. */
export function emptyEnd(entry: LogEntry): LogEntry {
  const { frame } = entry;
  return {
    ...entry,
    frame: { ...frame, count: 0, body: frame.body.subarray(frame.body.length) },
    firstOrdinal: entry.firstOrdinal + frame.count,
  };
}

/** Index of the n-th newline (n from 1), or -1. */
function newlineAt(body: Buffer, n: number): number {
  let at = -1;
  for (let seen = 0; seen < n; seen += 1) {
    at = body.indexOf(NEWLINE, at + 1);
    if (at < 0) return -1;
  }
  return at;
}
