import { LATENESS_MS } from '@tocsin/correlation/suppression.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import Type, { type Static } from 'typebox';
import { fieldNumber, fieldReader } from '../event-field.ts';
import type { RuleKind } from '../rule-kind.ts';

const parameters = Type.Object(
  {
    /** The number of events, or the sum, at which an alert opens. */
    threshold: Type.Number({ minimum: 1 }),
    window_seconds: Type.Integer({ minimum: 1, maximum: 7 * 86_400 }),
    /** Field whose values are added up; an event without it, or with less, counts 1. Absent: events are counted. */
    sum: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

/** Alerts when the matches of a group, or the sum of a field over them, reach a threshold within a window. */
export const thresholdKind: RuleKind = {
  name: 'threshold',
  parameters,
  needsGroup: true,
  counting(document) {
    const { threshold, window_seconds, sum } = document.parameters as Static<typeof parameters>;
    const window = {
      id: document.id,
      windowMs: window_seconds * 1000,
      threshold,
      latenessMs: LATENESS_MS,
    };
    if (sum === undefined) return { window, weigh: () => 1 };
    const read = fieldReader(sum);
    if (read === undefined) {
      throw new Problem('invalid_request', {
        detail: `rule ${document.id} sums a field that does not exist: ${sum}`,
        errors: [{ pointer: '/parameters/sum', detail: 'no such field' }],
      });
    }
    return { window, weigh: (event) => Math.max(1, fieldNumber(read(event)) ?? 1) };
  },
};
