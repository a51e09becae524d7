import { Problem } from '@tocsin/kernel/problem.ts';

/**
 * The bounds of a list; one that was not asked for is absent. UNTRUSTED: `from` and `to`, of the form `date-time`.
 *
 * @throws Problem `invalid_request` with the member at fault
 */
export function datesOf(asked: {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}): { readonly from: Date | undefined; readonly to: Date | undefined } {
  const { from, to } = asked;
  return {
    from: from === undefined ? undefined : new Date(timeOf('from', from)),
    to: to === undefined ? undefined : new Date(timeOf('to', to)),
  };
}

/** RFC 3339 knows leap seconds, which no clock of ours has. */
function timeOf(member: 'from' | 'to', text: string): number {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new Problem('invalid_request', {
    errors: [{ pointer: `/query/${member}`, detail: 'is not a time' }],
  });
}
