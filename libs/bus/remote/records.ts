import { Problem } from '@tocsin/kernel/problem.ts';

/** Most records of one message. */
const RECORDS_MAX = 100_000;

/** One message of several byte strings: each with its u32 length (big endian) before it. */
export function packRecords(records: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [];
  for (const record of records) {
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32BE(record.length);
    parts.push(length, record);
  }
  return Buffer.concat(parts);
}

/**
 * The byte strings of a message, as views of it.
 *
 * @param bytes UNTRUSTED: from another process
 * @throws Problem `invalid_request` when a length does not fit
 */
export function unpackRecords(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const start = at + 4;
    const end = start <= bytes.length ? start + bytes.readUInt32BE(at) : Number.NaN;
    if (!(end <= bytes.length) || records.length >= RECORDS_MAX) {
      throw new Problem('invalid_request', { detail: `the records of the message end at ${at}` });
    }
    records.push(bytes.subarray(start, end));
    at = end;
  }
  return records;
}
