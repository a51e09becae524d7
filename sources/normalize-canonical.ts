import type { EventInput } from '@tocsin/contracts/canonical-event.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { ipOf } from './ip-address.ts';
import { findObjectMember } from './json-slice.ts';
import { newEvent } from './new-event.ts';
import type { JsonRecord } from './source.ts';
import { messageOf, textOf } from './text-member.ts';
import { timeOf } from './timestamp.ts';
import { unclaimedText } from './unclaimed-text.ts';

const NO_ATTRIBUTES: JsonRecord = {};

/**
 * Turns a posted canonical event into its pipeline form. The item was validated as {@link EventInput} at accept.
 * A client's id is kept in lower case; `message`, `src_ip` and `dst_ip` are taken from `attributes`.
 *
 * @param receivedAt the event's time when it states none, milliseconds since 1970
 */
export function normalizeCanonical(item: string, receivedAt: number): NormalizedEvent {
  let input: EventInput;
  try {
    input = JSON.parse(item);
  } catch {
    const arrival = { receivedAt, host: '', header: undefined };
    return unclaimedText(item, arrival, 'failed', 'malformed_json');
  }
  const attributes = (input.attributes as JsonRecord | undefined) ?? NO_ATTRIBUTES;
  const json = input.attributes === undefined ? '{}' : attributesText(item, attributes);
  const system = textOf(input.source?.system) || 'api';
  const event = newEvent('canonical', system, input.category, receivedAt, attributes, json);
  if (input.event_id !== undefined) {
    event.eventId = input.event_id.toLowerCase();
    event.clientId = true;
  }
  setTime(event, input.timestamp);
  event.severity = input.severity ?? 0;
  event.action = textOf(input.action);
  event.outcome = input.outcome ?? '';
  event.sourceIntegration = textOf(input.source?.integration) || 'canonical';
  event.sourceHost = textOf(input.source?.host);
  setParties(event, input);
  event.srcIp = ipOf(attributes.src_ip ?? attributes.source_ip);
  event.dstIp = ipOf(attributes.dst_ip ?? attributes.dest_ip ?? attributes.destination_ip);
  const message = attributes.message;
  event.message = typeof message === 'string' ? messageOf(message) : event.action;
  if (input.tags !== undefined) event.tags = input.tags.map(textOf);
  return event;
}

/**
 * The text of `attributes` as posted, so that it is not printed again and numbers beyond 2^53 stay exact. Sound
 * because the event was validated: only `attributes` may hold free members, so its name comes first as the member.
 */
function attributesText(item: string, attributes: JsonRecord): string {
  const slice = findObjectMember(item, '"attributes"');
  return slice === undefined ? JSON.stringify(attributes) : item.slice(slice.from, slice.end);
}

function setTime(event: NormalizedEvent, timestamp: string | undefined): void {
  if (timestamp === undefined) return;
  const time = timeOf(timestamp);
  if (Number.isNaN(time)) {
    event.parseStatus = 'partial';
    event.parseError = 'bad_timestamp';
  } else {
    event.timestamp = time;
  }
}

function setParties(event: NormalizedEvent, input: EventInput): void {
  const actor = input.actor;
  if (actor !== undefined) {
    event.actorType = actor.type ?? 'unknown';
    event.actorId = textOf(actor.id);
    event.actorName = textOf(actor.name);
    event.actorEmail = textOf(actor.email);
  }
  const target = input.target;
  if (target !== undefined) {
    event.targetType = target.type ?? 'unknown';
    event.targetId = textOf(target.id);
    event.targetName = textOf(target.name);
  }
}
