import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FrameOutcome, receiptState } from './receipt-state.ts';

const FRAME = '019c9b2e-7a10-7d44-8a0f-53f1b1c0a001';
const OTHER = '019c9b2e-7a10-7d44-8a0f-53f1b1c0a002';
const outcome = (members: Partial<FrameOutcome>): FrameOutcome => ({
  frameId: FRAME,
  count: 10,
  duplicates: [],
  deadLetters: [],
  parseFailures: [],
  ...members,
});

describe('the state of a receipt', () => {
  it('counts only ordinals of its own part of a shared frame', () => {
    const outcomes = [
      outcome({ duplicates: [0, 3, 4], deadLetters: [5, 9], parseFailures: [2, 6, 7] }),
    ];
    expect(receiptState([{ frameId: FRAME, first: 3, count: 4 }], outcomes)).toEqual({
      accepted: 4,
      stored: 1,
      duplicate: 2,
      dead_lettered: 1,
      parse_failed: 1,
      pending: 0,
    });
  });

  it('says pending of a frame that is not stored yet', () => {
    const parts = [
      { frameId: FRAME, first: 0, count: 10 },
      { frameId: OTHER, first: 0, count: 5 },
    ];
    expect(receiptState(parts, [outcome({})])).toMatchObject({ stored: 10, pending: 5 });
  });

  it('takes the first outcome of a frame that came twice: the second time all of it was repeated', () => {
    const all = Array.from({ length: 10 }, (_, ordinal) => ordinal);
    const outcomes = [outcome({ duplicates: [1] }), outcome({ duplicates: all })];
    const state = receiptState([{ frameId: FRAME, first: 0, count: 10 }], outcomes);
    expect(state).toMatchObject({ stored: 9, duplicate: 1 });
  });

  it('always adds up: accepted = stored + duplicate + dead-lettered + pending', () => {
    const fate = fc.constantFrom('stored', 'failed', 'duplicate', 'dead');
    const frame = fc.record({
      known: fc.boolean(),
      fates: fc.array(fate, { minLength: 1, maxLength: 20 }),
      cut: fc.nat(19),
    });
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 5 }), (frames) => {
        const ordinals = (fates: readonly string[], wanted: string) =>
          fates.flatMap((one, ordinal) => (one === wanted ? [ordinal] : []));
        const outcomes = frames.flatMap(({ known, fates }, index) =>
          known
            ? [
                outcome({
                  frameId: `frame-${index}`,
                  count: fates.length,
                  duplicates: ordinals(fates, 'duplicate'),
                  deadLetters: ordinals(fates, 'dead'),
                  parseFailures: ordinals(fates, 'failed'),
                }),
              ]
            : [],
        );
        const parts = frames.map(({ fates, cut }, index) => {
          const first = cut % fates.length;
          return { frameId: `frame-${index}`, first, count: fates.length - first };
        });
        const state = receiptState(parts, outcomes);
        const sum = state.stored + state.duplicate + state.dead_lettered + state.pending;
        expect(state.accepted).toBe(sum);
        expect(state.accepted).toBe(parts.reduce((total, part) => total + part.count, 0));
        expect(state.parse_failed).toBeLessThanOrEqual(state.stored);
      }),
    );
  });
});
