import { Problem } from '@tocsin/kernel/problem.ts';

/**
 * A time of a query, milliseconds since 1970. UNTRUSTED: `text`, of the form `date-time`.
 *
 * @throws Problem `invalid_request`: RFC 3339 knows leap seconds, which no clock of ours has
 */
export function timeOf(member: 'from' | 'to', text: string): number {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new Problem('invalid_request', {
    errors: [{ pointer: `/query/${member}`, detail: 'is not a time' }],
  });
}
