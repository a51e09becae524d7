import type { DeadLetter, LogEntry, LogPosition, TenantDepth } from '../event-bus.ts';
import { decodeFrame, encodeFrame } from '../frame-codec.ts';
import type { LeasedWork, WorkReceipt } from '../work-feed.ts';
import { Members } from './members.ts';
import { packRecords, unpackRecords } from './records.ts';

/** Path below which the bus is served. */
export const BUS_PATH = '/internal/bus/';

/** Largest message in either direction, in bytes. */
export const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

export function positionToWire(position: LogPosition): object {
  const { topic, shard, tenantId, offset } = position;
  return { topic, shard, tenant_id: tenantId, offset };
}

export function positionFromWire(members: Members): LogPosition {
  return {
    topic: members.logTopic(),
    shard: members.whole('shard'),
    tenantId: members.tenantId(),
    offset: members.whole('offset'),
  };
}

export function receiptToWire(receipt: WorkReceipt): object {
  const { topic, group, shard, tenantId, offset, attempt } = receipt;
  return { topic, group, shard, tenant_id: tenantId, offset, attempt };
}

export function receiptFromWire(members: Members): WorkReceipt {
  return {
    topic: members.workTopic(),
    group: members.text('group'),
    shard: members.whole('shard'),
    tenantId: members.tenantId(),
    offset: members.whole('offset'),
    attempt: members.whole('attempt'),
  };
}

/** Entries as records: one JSON list of what is not in the frames, then the frames. */
export function packEntries(entries: readonly LogEntry[]): Buffer {
  const heads = entries.map(({ position, replayed, firstOrdinal }) => ({
    ...positionToWire(position),
    replayed,
    first_ordinal: firstOrdinal,
  }));
  return packWithFrames(heads, entries);
}

export function unpackEntries(bytes: Buffer): LogEntry[] {
  return unpackWithFrames(bytes, (members, frame) => ({
    position: positionFromWire(members),
    replayed: members.flag('replayed'),
    firstOrdinal: members.whole('first_ordinal'),
    frame,
  }));
}

export function packLeased(items: readonly LeasedWork[]): Buffer {
  return packWithFrames(
    items.map(({ receipt }) => receiptToWire(receipt)),
    items,
  );
}

export function unpackLeased(bytes: Buffer): LeasedWork[] {
  return unpackWithFrames(bytes, (members, frame) => ({
    receipt: receiptFromWire(members),
    frame,
  }));
}

export function packLetters(letters: readonly DeadLetter[]): Buffer {
  const heads = letters.map(({ id, ordinal, reason, attempts, parkedAt }) => ({
    id,
    ordinal,
    reason,
    attempts,
    parked_at: parkedAt,
  }));
  return packWithFrames(heads, letters);
}

export function unpackLetters(bytes: Buffer): DeadLetter[] {
  return unpackWithFrames(bytes, (members, frame) => ({
    id: members.text('id'),
    tenantId: frame.tenantId,
    ordinal: members.whole('ordinal'),
    reason: members.text('reason'),
    attempts: members.whole('attempts'),
    parkedAt: members.whole('parked_at'),
    frame,
  }));
}

export function tenantDepthToWire(depth: TenantDepth): object {
  const { tenantId, frames, events, bytes, oldestAt, deadLetters } = depth;
  return {
    tenant_id: tenantId,
    frames,
    events,
    bytes,
    ...(oldestAt === undefined ? {} : { oldest_at: oldestAt }),
    dead_letters: deadLetters,
  };
}

export function tenantDepthFromWire(members: Members): TenantDepth {
  return {
    tenantId: members.tenantId(),
    frames: members.whole('frames'),
    events: members.whole('events'),
    bytes: members.whole('bytes'),
    oldestAt: members.optionalWhole('oldest_at'),
    deadLetters: members.whole('dead_letters'),
  };
}

function packWithFrames(
  heads: readonly object[],
  items: readonly { readonly frame: LogEntry['frame'] }[],
): Buffer {
  const list = Buffer.from(JSON.stringify({ items: heads }));
  return packRecords([list, ...items.map(({ frame }) => encodeFrame(frame))]);
}

function unpackWithFrames<T>(
  bytes: Buffer,
  read: (members: Members, frame: LogEntry['frame']) => T,
): T[] {
  const [list, ...frames] = unpackRecords(bytes);
  if (list === undefined) return [];
  const heads = Members.parse(list).list('items');
  return frames.flatMap((record, index) => {
    const head = heads[index];
    return head === undefined ? [] : [read(head, decodeFrame(record).frame)];
  });
}
