const CELL_SHIFT = 6;
const BLOCK_BYTES = 1 << 16;

/**
 * Which cells of 64 bytes hold the start of one of some texts of two bytes. Bytes are searched once, block by block as
 * far as is asked. Backwards: the runtime then looks for a text's last byte, many bytes at once, and the last byte of
 * an escape is far rarer in logs than the backslash before it.
 */
export class MarkedCells {
  readonly #bytes: Buffer;
  readonly #marks: readonly Buffer[];
  readonly #cells: Uint8Array;
  #searchedTo = 0;

  constructor(bytes: Buffer, marks: readonly Buffer[]) {
    this.#bytes = bytes;
    this.#marks = marks;
    this.#cells = new Uint8Array((bytes.length >> CELL_SHIFT) + 1);
  }

  /** Whether a cell that a range touches is marked. A range in which a mark starts touches one. */
  touches(start: number, end: number): boolean {
    while (this.#searchedTo < end) this.#searchBlock();
    const cells = this.#cells;
    const last = (end - 1) >> CELL_SHIFT;
    for (let cell = start >> CELL_SHIFT; cell <= last; cell += 1) {
      if (cells[cell] !== 0) return true;
    }
    return false;
  }

  #searchBlock(): void {
    const from = this.#searchedTo;
    // One byte more: a mark may lie across the end of the block.
    const block = this.#bytes.subarray(from, from + BLOCK_BYTES + 1);
    for (const mark of this.#marks) {
      let at = block.lastIndexOf(mark);
      while (at >= 0) {
        this.#cells[(from + at) >> CELL_SHIFT] = 1;
        at = at === 0 ? -1 : block.lastIndexOf(mark, at - 1);
      }
    }
    this.#searchedTo = from + BLOCK_BYTES;
  }
}
