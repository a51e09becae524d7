import type { NormalizedEvent, ParseStatus } from '@tocsin/contracts/normalized-event.ts';
import { newEvent } from './new-event.ts';
import { setTarget } from './parties.ts';
import type { Arrival, JsonRecord } from './source.ts';
import { MESSAGE_LENGTH_MAX, messageOf } from './text-member.ts';
import { parseIsoTime } from './timestamp.ts';

const NO_ATTRIBUTES: JsonRecord = {};

/**
 * The event of a line that no source understood: the line is the message, found by its words, and can be parsed
 * again later. A time at its very start is taken.
 *
 * @param status `partial` for text nobody claims, `failed` for what claimed a format and broke it
 */
export function unclaimedText(
  line: string,
  arrival: Arrival,
  status: ParseStatus,
  reason: string,
): NormalizedEvent {
  const whole = line.length <= MESSAGE_LENGTH_MAX;
  const attributes = whole ? NO_ATTRIBUTES : { line };
  const event = newEvent(
    'text',
    'text',
    'ops',
    arrival.receivedAt,
    attributes,
    whole ? '{}' : JSON.stringify(attributes),
  );
  const time = parseIsoTime(line, line.charCodeAt(0) === 91 ? 1 : 0);
  if (!Number.isNaN(time)) event.timestamp = time;
  event.sourceHost = arrival.host;
  if (arrival.host !== '') {
    setTarget(event, 'asset', arrival.host);
  }
  event.message = messageOf(line);
  event.parseStatus = status;
  event.parseError = reason;
  return event;
}
