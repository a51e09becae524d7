import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { setTarget } from '../parties.ts';
import type { Arrival } from '../source.ts';
import { MESSAGE_LENGTH_MAX, textOf } from '../text-member.ts';
import type { SyslogHeader } from './syslog-header.ts';

/** Sets time, host and target of an event from its header. A time that could not be read makes it `partial`. */
export function applyHeader(event: NormalizedEvent, header: SyslogHeader, arrival: Arrival): void {
  if (!Number.isNaN(header.time)) event.timestamp = header.time;
  if (header.badTime) {
    event.parseStatus = 'partial';
    event.parseError = 'bad_timestamp';
  }
  event.sourceHost = textOf(header.host) || arrival.host;
  if (event.sourceHost !== '') {
    setTarget(event, 'asset', event.sourceHost);
  }
}

/**
 * The members of a header that are there, under plain names; and the payload as `line` when it is too long to be kept
 * whole as the message.
 */
export function headerAttributes(header: SyslogHeader, payload: string): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  if (header.app !== '') attributes.app = header.app;
  if (header.processId !== '') attributes.pid = header.processId;
  if (header.messageId !== '') attributes.msgid = header.messageId;
  if (header.level >= 0) {
    attributes.facility = header.facility;
    attributes.level = header.level;
  }
  if (header.structuredData !== '') attributes.structured_data = header.structuredData;
  if (payload.length > MESSAGE_LENGTH_MAX) attributes.line = payload;
  return attributes;
}
