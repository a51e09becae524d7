/** One item of the input: a line, or one JSON value of an array. */
export interface Item {
  /** Without line ends. UNTRUSTED. */
  readonly bytes: Buffer;
  /** Where it begins and ends in the unpacked input, in bytes; the end is where reading goes on. */
  readonly start: number;
  readonly end: number;
}

/**
 * Most bytes of an item that are kept, far above what the server takes: of a longer one (a file without line ends) the
 * rest is dropped, and the server refuses what is left of it.
 */
export const ITEM_BYTES_MAX = 4 * 1024 * 1024;
