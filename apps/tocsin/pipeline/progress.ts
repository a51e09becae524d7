/** An item of a frame that the pipeline's thread hung on. */
export interface HungItem {
  readonly frameId: string;
  readonly ordinal: number;
}

/** Where the pipeline's thread is: which of the frames sent to it, and which of their items. */
export interface Place {
  /** Of `SentEntry`; 0: none. */
  readonly frame: number;
  /** The item that a parser or rule looks at; undefined: none. */
  readonly ordinal: number | undefined;
}

const FRAME = 0;
/** The ordinal above {@link IDLE}. */
const ITEM = 1;
const IDLE = 0;

/** Memory through which a thread that may hang tells another one where it is. */
export function progressMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
}

/** Where the thread is that writes {@link Progress} to this memory. */
export function placeIn(memory: SharedArrayBuffer): Place {
  const cells = new Int32Array(memory);
  const item = Atomics.load(cells, ITEM);
  return {
    frame: Atomics.load(cells, FRAME),
    ordinal: item === IDLE ? undefined : item - 1,
  };
}

/** The writing side: told before each item is looked at, it costs a store of a number. */
export class Progress {
  readonly #cells: Int32Array;
  readonly #hung: ReadonlyMap<string, ReadonlySet<number>>;
  #items: ReadonlySet<number> | undefined;

  /** @param hung items that are not looked at any more */
  constructor(memory: SharedArrayBuffer, hung: readonly HungItem[]) {
    this.#cells = new Int32Array(memory);
    const byFrame = Map.groupBy(hung, ({ frameId }) => frameId);
    this.#hung = new Map(
      [...byFrame].map(([frameId, items]) => [frameId, new Set(items.map((one) => one.ordinal))]),
    );
  }

  /** A frame begins. */
  frame(number: number, frameId: string): void {
    Atomics.store(this.#cells, ITEM, IDLE);
    Atomics.store(this.#cells, FRAME, number);
    this.#items = this.#hung.get(frameId);
  }

  /** An item is looked at next. @returns why it is set aside instead; undefined: it is not */
  item(ordinal: number): string | undefined {
    if (this.#items?.has(ordinal) === true) return HUNG_REASON;
    Atomics.store(this.#cells, ITEM, ordinal + 1);
    return undefined;
  }

  /** No item is looked at. */
  idle(): void {
    Atomics.store(this.#cells, ITEM, IDLE);
  }
}

/** What a dead letter of such an item says. */
export const HUNG_REASON = 'a parser or rule did not end on it';
