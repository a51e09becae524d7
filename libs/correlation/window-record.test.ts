import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepWindow } from './step-window.ts';
import type { WindowGroup } from './window-group.ts';
import { parseWindowRecord, windowRecord } from './window-record.ts';

const rule = { id: 'r', windowMs: 50, threshold: 3, latenessMs: 40 };

function groupOf(times: readonly number[]): WindowGroup | undefined {
  let group: WindowGroup | undefined;
  for (const [index, at] of times.entries()) {
    const labels = [`src_ip=10.0.0.${index % 3}`];
    group = stepWindow(rule, group, { eventId: `e${index}`, at, weight: 1, labels }).state;
  }
  return group;
}

describe('windowRecord', () => {
  it('gives a group back through JSON text, whatever happened to it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1 }), (times) => {
        const group = groupOf(times);
        if (group === undefined) return;
        const text = JSON.stringify(windowRecord(group));
        expect(parseWindowRecord(JSON.parse(text))).toEqual(group);
      }),
    );
  });

  it('writes a group of three events in under 400 bytes', () => {
    const group = groupOf([1, 2, 30]);
    expect(group && JSON.stringify(windowRecord(group)).length).toBeLessThan(400);
  });

  it.each([
    [null],
    [[]],
    [{}],
    [['x', 0, [], [], 0]],
    [[1, 0, [], [1], 0]],
    [[1, 0, [[1]], [], 0]],
    [[1, 0, [['a']], [0, 'e', 1, 1, 0, 7], 0]],
    [[1, 0, [], [], ['x']]],
  ])('does not take %j for a record', (value) => {
    expect(parseWindowRecord(value)).toBeUndefined();
  });
});
