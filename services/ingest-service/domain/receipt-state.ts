import type { ReceiptPart } from './receipt.ts';

/** What became of the items of one frame: ordinals that were not simply stored. */
export interface FrameOutcome {
  readonly frameId: string;
  /** Number of items in the frame. */
  readonly count: number;
  readonly duplicates: readonly number[];
  readonly deadLetters: readonly number[];
  /** Stored, but not understood. */
  readonly parseFailures: readonly number[];
}

/** Counts of a receipt: accepted = stored + duplicate + dead_lettered + pending; parse_failed is a part of stored. */
export interface ReceiptState {
  readonly accepted: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly dead_lettered: number;
  readonly parse_failed: number;
  readonly pending: number;
}

/** Counts what became of the items of a receipt. A frame without an outcome is pending. */
export function receiptState(
  parts: readonly ReceiptPart[],
  outcomes: readonly FrameOutcome[],
): ReceiptState {
  // Of a frame that came twice the first outcome counts: the second time all of it was repeated.
  const byFrame = new Map(outcomes.toReversed().map((outcome) => [outcome.frameId, outcome]));
  const state = {
    accepted: 0,
    stored: 0,
    duplicate: 0,
    dead_lettered: 0,
    parse_failed: 0,
    pending: 0,
  };
  for (const part of parts) {
    state.accepted += part.count;
    const outcome = byFrame.get(part.frameId);
    if (outcome === undefined) {
      state.pending += part.count;
      continue;
    }
    const within = (ordinals: readonly number[]): number =>
      ordinals.filter((ordinal) => ordinal >= part.first && ordinal < part.first + part.count)
        .length;
    const duplicate = within(outcome.duplicates);
    const dead = within(outcome.deadLetters);
    state.duplicate += duplicate;
    state.dead_lettered += dead;
    state.parse_failed += within(outcome.parseFailures);
    state.stored += part.count - duplicate - dead;
  }
  return state;
}
