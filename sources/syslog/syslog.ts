import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { newEvent } from '../new-event.ts';
import { syslogSeverity } from '../severity.ts';
import type { Arrival, TextSource } from '../source.ts';
import { messageOf, textOf } from '../text-member.ts';
import { applyHeader, headerAttributes } from './header-members.ts';

/** Anything behind a syslog header that no other source claims: header members, and the payload as message. */
export const syslog: TextSource = {
  reads: 'text',
  id: 'syslog',
  hints: ['syslog', 'rfc3164', 'rfc5424'],
  apps: [],
  parse,
};

function parse(payload: string, arrival: Arrival): NormalizedEvent | undefined {
  const header = arrival.header;
  if (header === undefined) return undefined;
  const attributes = headerAttributes(header, payload);
  const event = newEvent(
    'syslog',
    textOf(header.app) || 'syslog',
    'ops',
    arrival.receivedAt,
    attributes,
    JSON.stringify(attributes),
  );
  applyHeader(event, header, arrival);
  event.message = messageOf(payload);
  if (header.level >= 0) event.severity = syslogSeverity(header.level);
  return event;
}
