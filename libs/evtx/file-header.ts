import { ChunkBytes } from './chunk-bytes.ts';
import { crc32 } from './crc32.ts';
import { CHUNK_BYTES, FILE_HEADER_BYTES } from './limits.ts';

/** What the head of an event log says of itself. It may be out of date in a file that was copied while in use. */
export interface FileHeader {
  /** How many chunks the header counts. */
  readonly chunks: number;
  readonly majorVersion: number;
  readonly minorVersion: number;
  /** Not closed by its writer: the newest chunks may not be counted. */
  readonly dirty: boolean;
  readonly checksumHolds: boolean;
  /** Bytes before the first chunk. */
  readonly bytes: number;
}

const CHECKSUM_AT = 124;
const CHECKED_BYTES = 120;
const DIRTY = 1;

/** Reads the head of a file. Undefined when it is no event log. @param bytes UNTRUSTED, 128 bytes or more */
export function parseFileHeader(bytes: Uint8Array): FileHeader | undefined {
  if (bytes.length < CHECKSUM_AT + 4 || !startsWith(bytes, 'ElfFile\0')) return undefined;
  const view = new ChunkBytes(bytes);
  const stated = view.u16(40);
  const plausible = stated >= 128 && stated <= CHUNK_BYTES;
  return {
    minorVersion: view.u16(36),
    majorVersion: view.u16(38),
    bytes: plausible ? stated : FILE_HEADER_BYTES,
    chunks: view.u16(42),
    dirty: (view.u32(120) & DIRTY) !== 0,
    checksumHolds: plausible && crc32(bytes, [0, CHECKED_BYTES]) === view.u32(CHECKSUM_AT),
  };
}

/** Whether bytes begin with the letters of a signature. */
export function startsWith(bytes: Uint8Array, signature: string): boolean {
  for (let index = 0; index < signature.length; index += 1) {
    if (bytes[index] !== signature.charCodeAt(index)) return false;
  }
  return bytes.length >= signature.length;
}
