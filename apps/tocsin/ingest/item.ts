/** One item of the input: a line, or one JSON value of an array. */
export interface Item {
  /** Without line ends. UNTRUSTED. */
  readonly bytes: Buffer;
  /** Where it begins and ends in the unpacked input, in bytes; the end is where reading goes on. */
  readonly start: number;
  readonly end: number;
}

/** Longest item; a longer one is cut off by nobody but refused, so it is never built up in memory. */
export const ITEM_BYTES_MAX = 4 * 1024 * 1024;
