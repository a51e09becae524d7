import { deserialize, serialize } from 'node:v8';
import type { Work } from './work.ts';

/** Lists of plain data by name. */
export type Lists = Readonly<Record<string, readonly unknown[]>>;

/** Bytes of a piece, about, if it is not one large value: reading it back takes a fraction of a millisecond. */
const PIECE_BYTES = 16 * 1024;
const FIRST_VALUES = 8;
const PIECE_VALUES_MAX = 2048;

/**
 * Lists as pieces of bytes, which another thread is handed without copying and reads back one by one: a message that
 * holds objects is read at once, however many they are.
 */
export function packLists(lists: Lists): Uint8Array<ArrayBuffer>[] {
  return Object.entries(lists).flatMap(([name, values]) => packList(name, values));
}

/** Each piece has as many values as would have filled the one before. */
function packList(name: string, values: readonly unknown[]): Uint8Array<ArrayBuffer>[] {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  let count = FIRST_VALUES;
  do {
    const bytes = serialize([name, values.slice(at, at + count)]);
    const isLarge = bytes.length > 2 * PIECE_BYTES && count > 1;
    if (!isLarge) {
      pieces.push(Uint8Array.from(bytes));
      at += count;
    }
    const fitting = Math.floor((count * PIECE_BYTES) / bytes.length);
    count = Math.max(1, Math.min(fitting, isLarge ? count >> 1 : count * 4, PIECE_VALUES_MAX));
  } while (at < values.length);
  return pieces;
}

/** The lists again, piece by piece. */
export function* unpackLists(pieces: Iterable<Uint8Array>): Work<Lists> {
  const lists: Record<string, unknown[]> = {};
  for (const piece of pieces) {
    const [name, values]: [string, unknown[]] = deserialize(piece);
    const list = lists[name];
    if (list === undefined) lists[name] = values;
    else list.push(...values);
    yield;
  }
  return lists;
}
