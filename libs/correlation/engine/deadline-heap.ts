import type { Slot } from './slot-list.ts';

/** When a group's window may be judged. */
export interface Deadline {
  /** Engine time from which on it may, milliseconds. */
  readonly due: number;
  readonly slot: Slot;
}

/** Deadlines, soonest first; of one time, those of plans that others look at. */
export class DeadlineHeap {
  readonly #heap: Deadline[] = [];

  push(deadline: Deadline): void {
    const heap = this.#heap;
    let at = heap.push(deadline) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(deadline, heap[parent] as Deadline)) break;
      heap[at] = heap[parent] as Deadline;
      at = parent;
    }
    heap[at] = deadline;
  }

  /** Takes the soonest, if it is due by a time. */
  popDue(time: number): Deadline | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || first.due > time) return undefined;
    const last = heap.pop() as Deadline;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(deadline: Deadline): void {
    const heap = this.#heap;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Deadline)) child += 1;
      if (!isBefore(heap[child] as Deadline, deadline)) break;
      heap[at] = heap[child] as Deadline;
      at = child;
    }
    heap[at] = deadline;
  }
}

function isBefore(a: Deadline, b: Deadline): boolean {
  if (a.due !== b.due) return a.due < b.due;
  const ranks = a.slot.plan.rank - b.slot.plan.rank;
  return ranks === 0 ? a.slot.key < b.slot.key : ranks < 0;
}
