import type { EvtxFault } from '@tocsin/evtx/evtx-error.ts';
import type { FileHeader } from '@tocsin/evtx/file-header.ts';
import { CHUNK_BYTES, FILE_HEADER_BYTES } from '@tocsin/evtx/limits.ts';
import { readChunk } from '@tocsin/evtx/read-chunk.ts';
import { checkChunkCount, readHeader } from '@tocsin/evtx/read-evtx.ts';
import { type CutItems, cutBlocks, cutLines, cutValues } from './cut-items.ts';
import { detectLogForm } from './log-form.ts';
import type { OpenLog } from './open-log.ts';
import { type ScanEvent, strayEvent, textEvents, windowsEvent } from './scan-event.ts';

/** Events of a part of a log in order, and what was wrong in that part. */
export interface LogPart {
  readonly events: readonly ScanEvent[];
  /** Damage, a sentence each. */
  readonly faults: readonly string[];
  /** All damage, also what has no sentence. */
  readonly faultCount: number;
  /** The file is of no format that is read: pictures and programs lie beside logs. */
  readonly isPassedOver?: true;
}

/** Reads an opened log of whatever form, part by part: memory is bounded by the limits of each form. */
export async function* readLog(log: OpenLog): AsyncGenerator<LogPart> {
  const form = detectLogForm(log.head);
  if (form === 'binary') {
    const sentence = 'is neither text nor a format that is read; passed over';
    yield { ...damaged(sentence), isPassedOver: true };
  } else if (form === 'evtx') yield* readEventLog(log);
  else if (form === 'values') yield* readItems(cutValues(log.chunks), log.writtenAt);
  else {
    const chunks = form === 'utf16' ? decodeUtf16(log.chunks) : log.chunks;
    yield* readItems(cutLines(chunks), log.writtenAt);
  }
}

async function* readItems(
  parts: AsyncIterable<CutItems>,
  writtenAt: number,
): AsyncGenerator<LogPart> {
  for await (const { items, tooLong } of parts) {
    const events = items.flatMap((item) => textEvents(item, writtenAt));
    const faults = tooLong === 0 ? [] : [`${tooLong} records are too long and were passed over`];
    yield { events, faults, faultCount: tooLong };
  }
}

async function* readEventLog({ chunks, writtenAt }: OpenLog): AsyncGenerator<LogPart> {
  let header: FileHeader | undefined;
  let number = 0;
  for await (const block of cutBlocks(chunks, FILE_HEADER_BYTES, CHUNK_BYTES)) {
    if (header === undefined) {
      const checked = readHeader(block);
      header = checked.header;
      yield { events: [], ...wordsOf(checked.faults, checked.faults.length) };
      continue;
    }
    const { records, faults, faultCount } = readChunk(block, number);
    number += 1;
    const events = records.map(({ event }) => windowsEvent(event, writtenAt) ?? strayEvent(event));
    yield { events, ...wordsOf(faults, faultCount) };
  }
  const missing = header === undefined ? undefined : checkChunkCount(header, number);
  if (missing !== undefined) yield damaged(missing.message);
}

function wordsOf(
  faults: readonly EvtxFault[],
  faultCount: number,
): { faults: string[]; faultCount: number } {
  return { faults: faults.map(({ message }) => message), faultCount };
}

function damaged(sentence: string): LogPart {
  return { events: [], faults: [sentence], faultCount: 1 };
}

/** Text that PowerShell writes by default, as UTF-8. */
async function* decodeUtf16(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-16le');
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}
