import { EvtxError, type EvtxFault } from './evtx-error.ts';
import { type FileHeader, parseFileHeader, startsWith } from './file-header.ts';
import { CHUNK_BYTES, FILE_HEADER_BYTES } from './limits.ts';
import { type ChunkContent, readChunk } from './read-chunk.ts';

/** Whether a file is an event log, by its first eight bytes. */
export function isEvtx(head: Uint8Array): boolean {
  return startsWith(head, 'ElfFile\0');
}

/** Head of a file with what is wrong with it. */
export interface CheckedHeader {
  readonly header: FileHeader;
  readonly faults: readonly EvtxFault[];
}

/**
 * Reads the head of an event log. A damaged one is said to be so; chunks are then looked for where they usually are.
 *
 * @param head UNTRUSTED: the first {@link FILE_HEADER_BYTES}
 * @throws EvtxError `not_evtx`
 */
export function readHeader(head: Uint8Array): CheckedHeader {
  const header = parseFileHeader(head);
  if (header === undefined) {
    throw new EvtxError('not_evtx', 0, 'it does not begin as an event log does (ElfFile)');
  }
  if (header.checksumHolds) return { header, faults: [] };
  const message = 'the checksum of the file header fails';
  const fault: EvtxFault = { code: 'file_header_damaged', offset: 0, chunk: -1, message };
  return { header: { ...header, bytes: FILE_HEADER_BYTES }, faults: [fault] };
}

/** Says that the header counts more chunks than there are. A file in use may have more than it counts. */
export function checkChunkCount(header: FileHeader, found: number): EvtxFault | undefined {
  if (found >= header.chunks) return undefined;
  const message = `the header counts ${header.chunks} chunks, the file has ${found}`;
  return { code: 'file_truncated', offset: 0, chunk: -1, message };
}

/**
 * Reads a whole event log that is in memory, chunk by chunk. For files of any size read the head and each
 * {@link CHUNK_BYTES} block yourself: `readHeader`, `readChunk`, `checkChunkCount`.
 *
 * @param bytes UNTRUSTED
 * @throws EvtxError `not_evtx`, before the first chunk
 */
export function* readEvtx(bytes: Uint8Array): Generator<ChunkContent> {
  const { header, faults } = readHeader(bytes.subarray(0, FILE_HEADER_BYTES));
  if (faults.length > 0) yield { records: [], faults, faultCount: faults.length };
  let number = 0;
  for (let at = header.bytes; at < bytes.length; at += CHUNK_BYTES) {
    yield readChunk(bytes.subarray(at, at + CHUNK_BYTES), number);
    number += 1;
  }
  const missing = checkChunkCount(header, number);
  if (missing !== undefined) yield { records: [], faults: [missing], faultCount: 1 };
}
