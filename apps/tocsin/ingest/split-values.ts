import { BracketCounter } from './bracket-counter.ts';
import { ITEM_BYTES_MAX, type Item } from './item.ts';

/**
 * Cuts a JSON array of objects, or objects one after another over several lines, into one item per object.
 * It only counts brackets outside of strings; whether an item is JSON is for the receiver to say.
 *
 * @param from - place in the unpacked input at which `chunks` begins; between two objects
 */
export async function* splitValues(chunks: AsyncIterable<Buffer>, from = 0): AsyncGenerator<Item> {
  const parts: Buffer[] = [];
  const brackets = new BracketCounter();
  let place = from;
  let start = from;
  for await (const chunk of chunks) {
    let begin = brackets.isInside ? 0 : chunk.length;
    for (let index = 0; index < chunk.length; index += 1) {
      const step = brackets.step(chunk[index] ?? 0);
      if (step === 'opened') {
        begin = index;
        start = place + index;
      } else if (step === 'closed') {
        const bytes = oneLine(
          Buffer.concat([...parts.splice(0), chunk.subarray(begin, index + 1)]),
        );
        yield { bytes, start, end: place + index + 1 };
        begin = chunk.length;
      }
    }
    if (begin < chunk.length && place - start <= ITEM_BYTES_MAX) parts.push(chunk.subarray(begin));
    place += chunk.length;
  }
  // What is left is cut off: it is passed on, so that it is counted and refused, not lost in silence.
  if (parts.length > 0) yield { bytes: oneLine(Buffer.concat(parts)), start, end: place };
}

/** Line ends stand only between tokens of JSON; as spaces the value fits in one line. */
function oneLine(value: Buffer): Buffer {
  for (const end of [0x0a, 0x0d]) {
    for (let at = value.indexOf(end); at !== -1; at = value.indexOf(end, at + 1)) value[at] = 0x20;
  }
  return value;
}
