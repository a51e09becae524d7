import { Deserializer, Serializer } from 'node:v8';
import type { Work } from './work.ts';

/** Lists of plain data by name. */
export type Lists = Readonly<Record<string, readonly unknown[]>>;

/** A part of the lists, to be read back at once. */
export interface Piece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Copies of what large tables lie in: a message hands them over as they are. */
  readonly buffers: readonly ArrayBuffer[];
}

/** Bytes of a piece, about, if it is not one large value: reading it back takes a fraction of a millisecond. */
const PIECE_BYTES = 16 * 1024;
const FIRST_VALUES = 8;
const PIECE_VALUES_MAX = 2048;
/** Smaller tables are copied: handing one over costs more than copying it. */
const HANDED_BYTES_MIN = 2048;

/**
 * Lists as pieces, which another thread is handed without copying and reads back one by one: a message that holds
 * objects is read at once, however many they are. Large tables are used there where they lie.
 */
export function packLists(lists: Lists): Piece[] {
  return Object.entries(lists).flatMap(([name, values]) => packList(name, values));
}

/** What a message must hand over, for all pieces. */
export function handedOver(pieces: readonly Piece[]): ArrayBuffer[] {
  return pieces.flatMap(({ bytes, buffers }) => [bytes.buffer, ...buffers]);
}

/** Each piece has as many values as would have filled the one before. */
function packList(name: string, values: readonly unknown[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let count = FIRST_VALUES;
  do {
    const piece = packPiece([name, values.slice(at, at + count)]);
    const { length } = piece.bytes;
    const isLarge = length > 2 * PIECE_BYTES && count > 1;
    if (!isLarge) {
      pieces.push(piece);
      at += count;
    }
    const fitting = Math.floor((count * PIECE_BYTES) / length);
    count = Math.max(1, Math.min(fitting, isLarge ? count >> 1 : count * 4, PIECE_VALUES_MAX));
  } while (at < values.length);
  return pieces;
}

function packPiece(value: unknown): Piece {
  const serializer = new Serializer();
  const buffers = [...largeBuffers(value)];
  for (const [id, buffer] of buffers.entries()) serializer.transferArrayBuffer(id, buffer);
  serializer.writeHeader();
  serializer.writeValue(value);
  const copies = buffers.map((buffer) => buffer.slice(0));
  return { bytes: Uint8Array.from(serializer.releaseBuffer()), buffers: copies };
}

/** The buffers of large tables in plain data: those that hold nothing else. */
function largeBuffers(value: unknown, found: Set<ArrayBuffer> = new Set()): Set<ArrayBuffer> {
  if (typeof value !== 'object' || value === null) return found;
  if (!ArrayBuffer.isView(value)) {
    for (const part of Object.values(value)) largeBuffers(part, found);
    return found;
  }
  const { buffer, byteLength } = value;
  const isWhole = buffer.byteLength === byteLength;
  if (isWhole && byteLength >= HANDED_BYTES_MIN && buffer instanceof ArrayBuffer) found.add(buffer);
  return found;
}

/** The lists again, piece by piece. */
export function* unpackLists(pieces: Iterable<Piece>): Work<Lists> {
  const lists: Record<string, unknown[]> = {};
  for (const piece of pieces) {
    const [name, values] = unpackPiece(piece);
    const list = lists[name];
    if (list === undefined) lists[name] = values;
    else list.push(...values);
    yield;
  }
  return lists;
}

function unpackPiece({ bytes, buffers }: Piece): [name: string, values: unknown[]] {
  const deserializer = new Deserializer(bytes);
  for (const [id, buffer] of buffers.entries()) deserializer.transferArrayBuffer(id, buffer);
  deserializer.readHeader();
  return deserializer.readValue();
}
