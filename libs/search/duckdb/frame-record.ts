import { formatOrdinals, readOrdinals } from './ordinal-ranges.ts';

/** What the event store keeps of one frame: where it came from, where its raw lines are, and what became of its items. */
export interface FrameRecord {
  /** Number within this store; event rows refer to it. */
  readonly frame: number;
  readonly tenantId: string;
  readonly frameId: string;
  /** `topic/shard/tenant` of the bus. */
  readonly source: string;
  readonly offset: number;
  readonly receivedAt: number;
  /** Place of the first line in the raw archive; segment `''` when the lines are not archived. */
  readonly segment: string;
  readonly block: number;
  readonly firstLine: number;
  /** Items in the frame: stored, repeated and parked ones together. */
  readonly count: number;
  /** Ordinals not stored because their client id was there already, so that a replay decides the same. */
  readonly duplicates: readonly number[];
  readonly deadLetters: readonly number[];
  /** Stored, but not understood. */
  readonly parseFailures: readonly number[];
}

/** Columns of the table `frames`, in the order of {@link frameValues}. */
export const FRAME_COLUMNS = `frame BIGINT not null, roll BIGINT not null, tenant_id VARCHAR not null, frame_id VARCHAR not null,
  source VARCHAR not null, "offset" BIGINT not null, received_at BIGINT not null, segment VARCHAR not null, block INTEGER not null,
  first_line INTEGER not null, count INTEGER not null, duplicates VARCHAR not null, dead_letters VARCHAR not null,
  parse_failures VARCHAR not null`;

/** The values of one row of `frames`. */
export function frameValues(record: FrameRecord, roll: number): (string | bigint | number)[] {
  return [
    BigInt(record.frame),
    BigInt(roll),
    record.tenantId,
    record.frameId,
    record.source,
    BigInt(record.offset),
    BigInt(record.receivedAt),
    record.segment,
    record.block,
    record.firstLine,
    record.count,
    formatOrdinals(record.duplicates),
    formatOrdinals(record.deadLetters),
    formatOrdinals(record.parseFailures),
  ];
}

/** A row of `frames` as read. */
export function frameFromRow(row: Readonly<Record<string, unknown>>): FrameRecord {
  return {
    frame: Number(row['frame']),
    tenantId: String(row['tenant_id']),
    frameId: String(row['frame_id']),
    source: String(row['source']),
    offset: Number(row['offset']),
    receivedAt: Number(row['received_at']),
    segment: String(row['segment']),
    block: Number(row['block']),
    firstLine: Number(row['first_line']),
    count: Number(row['count']),
    duplicates: readOrdinals(String(row['duplicates'])),
    deadLetters: readOrdinals(String(row['dead_letters'])),
    parseFailures: readOrdinals(String(row['parse_failures'])),
  };
}
