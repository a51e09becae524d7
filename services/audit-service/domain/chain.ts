import { createHash } from 'node:crypto';

/** Name of the platform's own chain in an export. No tenant can have it: a tenant's id has no colon. */
export const PLATFORM_CHAIN = ':platform';

/** A row of an audit log, as it is hashed and exported. `before` and `after` are PostgreSQL's own text of `jsonb`. */
export interface AuditRowText {
  readonly tenant_id: string;
  readonly audit_id: string;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly object_type: string;
  readonly object_id: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly request_id: string;
}

/** Where a chain stands: the place of its last row, 0 for none, and the hash over everything up to it. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: Buffer;
}

/** The end of a chain without rows. */
export function emptyChain(chain: string): ChainEnd {
  return {
    seq: 0,
    hash: createHash('sha256').update(`tocsin audit chain v1\n${chain}\n`).digest(),
  };
}

/**
 * The one text of a row. `jsonb` has one text for each value (members in a fixed order, numbers as they are), so what
 * is hashed is what is exported, to the byte: nothing is parsed and printed again on the way.
 */
export function rowText(row: AuditRowText): string {
  return (
    `{"tenant_id":${JSON.stringify(row.tenant_id)}` +
    `,"audit_id":${JSON.stringify(row.audit_id)}` +
    `,"at":${JSON.stringify(row.at.toISOString())}` +
    `,"actor":${JSON.stringify(row.actor)}` +
    `,"action":${JSON.stringify(row.action)}` +
    `,"object_type":${JSON.stringify(row.object_type)}` +
    `,"object_id":${JSON.stringify(row.object_id)}` +
    `,"before":${row.before ?? 'null'}` +
    `,"after":${row.after ?? 'null'}` +
    `,"request_id":${JSON.stringify(row.request_id)}}`
  );
}

/** The chain with one row more: SHA-256 over the hash before, the place (8 bytes, big-endian) and the row's text. */
export function extendChain(end: ChainEnd, text: string | Uint8Array): ChainEnd {
  const seq = end.seq + 1;
  const place = Buffer.alloc(8);
  place.writeBigUInt64BE(BigInt(seq));
  return { seq, hash: createHash('sha256').update(end.hash).update(place).update(text).digest() };
}
