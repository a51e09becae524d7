import { BracketCounter } from '../ingest/bracket-counter.ts';

/** Longest line or JSON value that is built up, in bytes; a longer one is passed over and counted. */
export const ITEM_BYTES_MAX = 64 * 1024 * 1024;

/** Texts cut out of a part of the input, and how many were too long. */
export interface CutItems {
  readonly items: readonly string[];
  readonly tooLong: number;
}

const LF = 0x0a;

/** Builds one item at a time out of parts, up to the limit. */
class ItemBuilder {
  readonly items: string[] = [];
  tooLong = 0;
  #parts: Buffer[] = [];
  #size = 0;
  readonly #bytesMax: number;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  add(part: Buffer): void {
    this.#size += part.length;
    if (this.#size <= this.#bytesMax) this.#parts.push(part);
    else this.#parts = [];
  }

  end(): void {
    if (this.#size > this.#bytesMax) this.tooLong += 1;
    else {
      const [only] = this.#parts;
      const whole = this.#parts.length === 1 ? only : Buffer.concat(this.#parts);
      this.items.push((whole ?? Buffer.alloc(0)).toString('utf8'));
    }
    this.#parts = [];
    this.#size = 0;
  }

  take(): CutItems {
    const { tooLong } = this;
    this.tooLong = 0;
    return { items: this.items.splice(0), tooLong };
  }
}

/** Cuts lines; what is empty or blank is no record. Gives the lines of one chunk at a time. */
export async function* cutLines(
  chunks: AsyncIterable<Buffer>,
  bytesMax = ITEM_BYTES_MAX,
): AsyncGenerator<CutItems> {
  const builder = new ItemBuilder(bytesMax);
  for await (const chunk of chunks) {
    let begin = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, begin)) {
      builder.add(chunk.subarray(begin, end));
      builder.end();
      begin = end + 1;
    }
    if (begin < chunk.length) builder.add(chunk.subarray(begin));
    yield withoutBlanks(builder.take());
  }
  if (!builder.isEmpty) builder.end();
  yield withoutBlanks(builder.take());
}

function withoutBlanks({ items, tooLong }: CutItems): CutItems {
  return { items: items.filter((item) => item.trim() !== ''), tooLong };
}

/** Cuts the objects of a JSON array, or objects one after another. What is cut off at the end is an item too. */
export async function* cutValues(
  chunks: AsyncIterable<Buffer>,
  bytesMax = ITEM_BYTES_MAX,
): AsyncGenerator<CutItems> {
  const builder = new ItemBuilder(bytesMax);
  const brackets = new BracketCounter();
  for await (const chunk of chunks) {
    let begin = brackets.isInside ? 0 : chunk.length;
    for (let index = 0; index < chunk.length; index += 1) {
      const step = brackets.step(chunk[index] ?? 0);
      if (step === 'opened') begin = index;
      else if (step === 'closed') {
        builder.add(chunk.subarray(begin, index + 1));
        builder.end();
        begin = chunk.length;
      }
    }
    if (begin < chunk.length) builder.add(chunk.subarray(begin));
    yield builder.take();
  }
  if (!builder.isEmpty) builder.end();
  yield builder.take();
}

/** Cuts blocks of exact sizes: the first of one size, the others of another; the last may be shorter. */
export async function* cutBlocks(
  chunks: AsyncIterable<Buffer>,
  firstBytes: number,
  bytes: number,
): AsyncGenerator<Buffer> {
  let wanted = firstBytes;
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let rest = chunk;
    while (size + rest.length >= wanted) {
      const take = wanted - size;
      yield Buffer.concat([...parts, rest.subarray(0, take)]);
      rest = rest.subarray(take);
      parts = [];
      size = 0;
      wanted = bytes;
    }
    if (rest.length > 0) parts.push(rest);
    size += rest.length;
  }
  if (size > 0) yield Buffer.concat(parts);
}
