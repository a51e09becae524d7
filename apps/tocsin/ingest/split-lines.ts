import { ITEM_BYTES_MAX, type Item } from './item.ts';

const LF = 0x0a;
const CR = 0x0d;

/**
 * Cuts bytes into lines, whatever the sizes of the chunks. Empty lines are skipped; a missing last line end is fine.
 *
 * @param from - place in the unpacked input at which `chunks` begins
 */
export async function* splitLines(chunks: AsyncIterable<Buffer>, from = 0): AsyncGenerator<Item> {
  const parts: Buffer[] = [];
  let place = from;
  let start = from;
  let kept = 0;
  for await (const chunk of chunks) {
    let begin = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, begin)) {
      const next = place + end + 1;
      const bytes = joined(parts, chunk.subarray(begin, end));
      if (bytes.length > 0) yield { bytes, start, end: next };
      start = next;
      begin = end + 1;
    }
    if (begin === 0) kept += chunk.length;
    else kept = chunk.length - begin;
    if (begin < chunk.length && kept <= ITEM_BYTES_MAX) parts.push(chunk.subarray(begin));
    place += chunk.length;
  }
  const last = joined(parts, Buffer.alloc(0));
  if (last.length > 0) yield { bytes: last, start, end: place };
}

/** Empties `parts`. */
function joined(parts: Buffer[], last: Buffer): Buffer {
  const line = parts.length === 0 ? last : Buffer.concat([...parts.splice(0), last]);
  return line.at(-1) === CR ? line.subarray(0, -1) : line;
}
