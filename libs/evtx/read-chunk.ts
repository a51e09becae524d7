import { FragmentReader } from './binxml/fragment-reader.ts';
import { type JsonObject, RecordRenderer } from './binxml/record-renderer.ts';
import { fileTime, wholeNumber } from './binxml/value.ts';
import { ChunkBytes } from './chunk-bytes.ts';
import { crc32 } from './crc32.ts';
import { EvtxError, type EvtxFault, type EvtxFaultCode } from './evtx-error.ts';
import { startsWith } from './file-header.ts';
import { CHUNK_BYTES, CHUNK_FAULTS_MAX, CHUNK_HEADER_BYTES, RECORD_BYTES_MIN } from './limits.ts';

/** One record of an event log. */
export interface EvtxRecord {
  /** `EventRecordID`; a text beyond 2^53. */
  readonly recordId: number | string;
  /** When it was written: ISO 8601, UTC, seven digits. */
  readonly writtenAt: string;
  /** `{Event: {System, EventData | UserData | ...}}`. */
  readonly event: JsonObject;
  /** Bytes from the start of the chunk. */
  readonly offset: number;
}

/** What a chunk holds and what is wrong with it. */
export interface ChunkContent {
  readonly records: readonly EvtxRecord[];
  /** At most {@link CHUNK_FAULTS_MAX}; offsets are from the start of the chunk. */
  readonly faults: readonly EvtxFault[];
  /** All faults, also those not kept. */
  readonly faultCount: number;
}

const SIGNATURE = 'ElfChnk\0';
const RECORD_SIGNATURE = 0x00002a2a;

/**
 * Reads a chunk: every record that is whole, and a fault for each that is not. A chunk whose checksum fails is read
 * all the same, and said to be damaged. Never throws; time and memory are bounded by the limits of `limits.ts`.
 *
 * @param bytes UNTRUSTED, 65,536 bytes; fewer when the file is cut off
 * @param number of the chunk in its file, from 0, for the faults
 */
export function readChunk(bytes: Uint8Array, number: number): ChunkContent {
  const chunk = new Chunk(bytes.subarray(0, CHUNK_BYTES), number);
  chunk.read();
  return chunk;
}

class Chunk implements ChunkContent {
  readonly records: EvtxRecord[] = [];
  readonly faults: EvtxFault[] = [];
  faultCount = 0;
  readonly #raw: Uint8Array;
  readonly #bytes: ChunkBytes;
  readonly #number: number;
  readonly #reader: FragmentReader;
  readonly #renderer: RecordRenderer;

  constructor(raw: Uint8Array, number: number) {
    this.#raw = raw;
    this.#number = number;
    this.#bytes = new ChunkBytes(raw);
    this.#reader = new FragmentReader(this.#bytes);
    this.#renderer = new RecordRenderer(this.#bytes, this.#reader);
  }

  read(): void {
    if (!startsWith(this.#raw, SIGNATURE)) {
      // Space that was set aside and never used is no damage.
      if (this.#raw.some((byte) => byte !== 0)) {
        this.#fault('chunk_signature', 0, 'does not begin as a chunk does');
      }
    } else if (this.#raw.length < CHUNK_HEADER_BYTES) {
      this.#fault('chunk_truncated', 0, `ends after ${this.#raw.length} bytes`);
    } else this.#records(this.#checkedEnd());
  }

  /** Where records end: as the header says when it can be believed, else the end of the chunk. */
  #checkedEnd(): number {
    const { length } = this.#raw;
    const stated = this.#bytes.u32(48);
    const headerSum = crc32(this.#raw, [0, 120], [128, CHUNK_HEADER_BYTES]);
    const holds = headerSum === this.#bytes.u32(124);
    if (!holds) this.#fault('chunk_header_checksum', 0, 'the checksum of its header fails');
    if (length < CHUNK_BYTES) {
      this.#fault('chunk_truncated', length, `ends after ${length} of ${CHUNK_BYTES} bytes`);
    }
    if (!holds || stated < CHUNK_HEADER_BYTES || stated > length) return length;
    if (crc32(this.#raw, [CHUNK_HEADER_BYTES, stated]) !== this.#bytes.u32(52)) {
      this.#fault('chunk_records_checksum', 0, 'the checksum of its records fails');
    }
    return stated;
  }

  #records(end: number): void {
    let at = CHUNK_HEADER_BYTES;
    while (at + RECORD_BYTES_MIN <= end) {
      if (this.#bytes.u32(at) !== RECORD_SIGNATURE) {
        const next = this.#nextSignature(at + 1, end);
        if (this.#isUsed(at, next)) this.#fault('record_signature', at, 'bytes that are no record');
        at = next;
      } else at = this.#recordAt(at, end);
    }
  }

  #nextSignature(from: number, end: number): number {
    const next = this.#bytes.find(RECORD_SIGNATURE, from);
    return next < 0 ? end : next;
  }

  #isUsed(from: number, end: number): boolean {
    for (let at = from; at < end; at += 1) if (this.#raw[at] !== 0) return true;
    return false;
  }

  /** @returns where to go on; always further than `at` */
  #recordAt(at: number, end: number): number {
    const size = this.#bytes.u32(at + 4);
    if (size < RECORD_BYTES_MIN || at + size > end) {
      this.#fault('record_size', at, `a record of ${size} bytes does not fit`);
      return this.#nextSignature(at + 4, end);
    }
    const copy = this.#bytes.u32(at + size - 4);
    if (copy !== size) {
      this.#fault('record_size', at, `says ${size} bytes at its begin and ${copy} at its end`);
      return this.#nextSignature(at + 4, end);
    }
    try {
      const nodes = this.#reader.read(at + 24, size - RECORD_BYTES_MIN, false);
      this.records.push({
        recordId: wholeNumber(this.#bytes.u64(at + 8)),
        writtenAt: fileTime(this.#bytes.u64(at + 16)),
        event: this.#renderer.render(nodes),
        offset: at,
      });
    } catch (error) {
      if (!(error instanceof EvtxError)) throw error;
      this.#fault(error.code, at, error.message);
      if (error.code === 'chunk_too_costly') return end;
    }
    return at + size;
  }

  #fault(code: EvtxFaultCode, offset: number, what: string): void {
    this.faultCount += 1;
    if (this.faults.length >= CHUNK_FAULTS_MAX) return;
    const message = `chunk ${this.#number}, byte ${offset}: ${what}`;
    this.faults.push({ code, offset, chunk: this.#number, message });
  }
}
